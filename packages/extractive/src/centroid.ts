import { postingsOf, type SentencePicker } from "./sentence-picker.js";
import type { TermSpace } from "./term-vectors.js";
import { VectorSum } from "./vector-sum.js";

/**
 * The summary that resembles the whole: the worth of a sentence is the cosine between the text's centroid and the
 * summary with this sentence in it (Rossiello and others 2017, greedy). Saying a thing twice turns the
 * summary away from the centroid, so redundancy is weighed in.
 */
export function centroidPicker(space: TermSpace): SentencePicker {
  const postings = postingsOf(space);
  const centroid = new VectorSum(space.sentenceCounts.length);
  for (const vector of space.vectors) centroid.add(vector);
  const toCentroid = space.vectors.map((vector) => centroid.similarity(vector));
  const toSummary = space.vectors.map(() => 0);
  let summaryToCentroid = 0;
  let squaredLength = 0;

  const squaredLengthWith = (index: number) => squaredLength + 2 * (toSummary[index] ?? 0) + 1;

  return {
    worth(index) {
      const similarity = toCentroid[index] ?? 0;
      return similarity === 0 ? 0 : (summaryToCentroid + similarity) / Math.sqrt(squaredLengthWith(index));
    },
    pick(index) {
      squaredLength = squaredLengthWith(index);
      summaryToCentroid += toCentroid[index] ?? 0;
      const { terms, weights } = space.vectors[index] ?? { terms: [], weights: [] };
      terms.forEach((term, position) => {
        const weight = weights[position] ?? 0;
        const { sentences, weights: others } = postings[term] ?? { sentences: [], weights: [] };
        sentences.forEach((sentence, at) => {
          toSummary[sentence] = (toSummary[sentence] ?? 0) + weight * (others[at] ?? 0);
        });
      });
    },
  };
}
