import { openingFactors } from "./opening.js";
import { postingsOf, type SentencePicker } from "./sentence-picker.js";
import type { TermSpace } from "./term-vectors.js";

/**
 * Central sentences that say something new: the worth of a sentence is its centrality times what it adds to
 * the terms that the summary has already, more in the opening. A term weighs as much as it has sentences, as in concept
 * coverage (Gillick and Favre 2009), so redundancy needs no pairwise comparison and no trade-off to tune.
 */

/** Pairs of words are what a reader recognises as a topic; one word alone is half of it. */
const PAIR_WEIGHT = 2;

/** A term of a single sentence is hardly a topic, but in a short text there is nothing else. */
const WEIGHT_OF_SINGLE_USE = 0.125;

/** The share of its worth that even the least central sentence keeps. */
const LEAST_CENTRALITY = 0.05;

function termWeight(sentenceCount: number, isPair: boolean): number {
  return (sentenceCount === 1 ? WEIGHT_OF_SINGLE_USE : sentenceCount) * (isPair ? PAIR_WEIGHT : 1);
}

/**
 * @param centrality For each sentence, from 0 to 1.
 * @param tokens For each sentence, what it takes of the limit. By its square root, long sentences neither win by
 * holding more terms nor lose to fragments.
 */
export function coveragePicker(
  space: TermSpace,
  centrality: readonly number[],
  tokens: readonly number[],
): SentencePicker {
  const postings = postingsOf(space);
  const weights = space.sentenceCounts.map((count, term) => termWeight(count, space.isPair[term] === true));
  const isCovered = weights.map(() => false);
  const added = space.vectors.map(({ terms }) => terms.reduce((sum, term) => sum + (weights[term] ?? 0), 0));
  const factors = openingFactors(centrality.length).map((opening, index) => {
    const central = LEAST_CENTRALITY + (1 - LEAST_CENTRALITY) * (centrality[index] ?? 0);
    return opening * Math.sqrt(central / Math.max(1, tokens[index] ?? 1));
  });

  return {
    worth: (index) => (added[index] ?? 0) * (factors[index] ?? 0),
    pick(index) {
      for (const term of space.vectors[index]?.terms ?? []) {
        if (isCovered[term] === true) continue;
        isCovered[term] = true;
        for (const sentence of postings[term]?.sentences ?? []) {
          added[sentence] = (added[sentence] ?? 0) - (weights[term] ?? 0);
        }
      }
    },
  };
}
