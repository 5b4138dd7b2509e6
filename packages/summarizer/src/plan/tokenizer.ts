/** Counts tokens. Synchronous, because the plan asks it many thousand times. */
export interface Tokenizer {
  /** Names the way of counting, for example `"tiktoken:o200k_base"`. */
  readonly id: string;
  /**
   * The number of tokens of `text`: a whole number, 0 for the empty string. Any string is ordinary
   * text, special-token names and lone surrogates included.
   */
  count(text: string): number;
}
