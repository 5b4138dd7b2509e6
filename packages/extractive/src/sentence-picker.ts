import type { TermSpace } from "./term-vectors.js";

/** Weighs sentences one after the other: what has been picked changes what the others are worth. */
export interface SentencePicker {
  /** What sentence `index` would add now; 0 when nothing. */
  worth(index: number): number;
  /** Takes sentence `index` into the summary. */
  pick(index: number): void;
}

/** For each term, the sentences in which it stands and its weight there. */
export interface Postings {
  readonly sentences: readonly number[];
  readonly weights: readonly number[];
}

/** Turns the vectors round, so that a pick touches only the sentences that share a term with it. */
export function postingsOf({ vectors, sentenceCounts }: TermSpace): readonly Postings[] {
  const postings = sentenceCounts.map(() => ({ sentences: [] as number[], weights: [] as number[] }));
  vectors.forEach(({ terms, weights }, sentence) => {
    terms.forEach((term, index) => {
      postings[term]?.sentences.push(sentence);
      postings[term]?.weights.push(weights[index] ?? 0);
    });
  });
  return postings;
}
