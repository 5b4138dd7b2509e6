/**
 * The opening of a long text says what it is about. A short text is mostly a part of a longer one, such as a chunk, which
 * begins where it was cut: so the bonus grows with the number of sentences.
 */

/** The bonus of the first sentence of an endless text. */
const GREATEST_BONUS = 2;

/** A text of this many sentences (some 12,000 tokens) has half of it. */
const SENTENCES_OF_HALF_BONUS = 400;

/** After this share of the text the bonus is down to a third. */
const OPENING_SHARE = 0.1;

/** For each of `count` sentences, what its worth is multiplied by: at least 1. */
export function openingFactors(count: number): number[] {
  const first = (GREATEST_BONUS * count) / (count + SENTENCES_OF_HALF_BONUS);
  return Array.from({ length: count }, (_, index) => 1 + first * Math.exp(-index / (count * OPENING_SHARE)));
}
