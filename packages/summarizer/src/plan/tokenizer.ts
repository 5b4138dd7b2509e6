/** Counts tokens. Synchronous, because the plan asks it many thousand times. */
export interface Tokenizer {
  /** Names the way of counting, for example `"tiktoken:o200k_base"`. */
  readonly id: string;
  /**
   * The number of tokens of `text`: a whole number, 0 for the empty string. Any string is ordinary
   * text, special-token names and lone surrogates included.
   */
  count(text: string): number;
  /**
   * Optional promise that makes long texts twice as fast: wherever one text ends in a letter or digit and another begins with
   * one space and a letter, the count of both together is the sum of their counts. True of every tokenizer that
   * splits at words first, as OpenAI's encodings do.
   */
  readonly addsUpBetweenWords?: boolean;
  /**
   * Optional: the same number as `count`, with a `yield` every few milliseconds, at which `summarize` lets everything else in the
   * process have its turn.
   *
   * Without it, a text is counted in one call, during which the event loop stands still: the whole content, once, or with
   * `addsUpBetweenWords` no more than the longest stretch of it that has no seam between words. A sum of counts of arbitrary
   * parts is not the count of the whole, so nobody but the tokenizer can divide that call.
   */
  countInParts?(text: string): Generator<void, number, void>;
}
