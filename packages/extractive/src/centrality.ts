import type { TermSpace } from "./term-vectors.js";
import { VectorSum } from "./vector-sum.js";

/**
 * Directional centrality after HipoRank (Dong, Mircea and Cheung 2021): a sentence is central when sentences farther
 * inside the text resemble it. Likeness to those nearer to the beginning or the end counts nothing, because authors put
 * the essence at the edges and come back to it inside.
 *
 * The likeness of a sentence to many others is its product with their sum, so no pair is ever compared: this takes
 * time in proportion to the words.
 */

/** How much farther from its edge a sentence at the end is taken to be than one at the beginning. */
const END_DISTANCE = 2;

/** The positions 0 … count-1 from the innermost to the one nearest to an edge. */
function fromInsideOutwards(count: number): number[] {
  const distance = (position: number) => Math.min(position + 1, END_DISTANCE * (count - position));
  return Array.from({ length: count }, (_, position) => position).sort(
    (one, other) => distance(other) - distance(one) || other - one,
  );
}

function scaleToUnit(values: readonly number[]): number[] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return greatest > least ? values.map((value) => (value - least) / (greatest - least)) : values.map(() => 1);
}

/**
 * The centrality of every sentence, the least scaled to 0 and the greatest to 1. Beginning and end are those of its
 * source; sentences of other sources count wherever they stand.
 *
 * @param sources For each sentence, which source it comes from; ascending.
 */
export function directionalCentrality(space: TermSpace, sources: readonly number[]): number[] {
  const { vectors, sentenceCounts } = space;
  const everything = new VectorSum(sentenceCounts.length);
  for (const vector of vectors) everything.add(vector);

  const centrality: number[] = [];
  const own = new VectorSum(sentenceCounts.length);
  for (let start = 0; start < vectors.length;) {
    let end = start + 1;
    while (end < vectors.length && sources[end] === sources[start]) end += 1;
    const ownVectors = vectors.slice(start, end);
    for (const position of fromInsideOutwards(ownVectors.length)) {
      const vector = ownVectors[position];
      if (vector === undefined) continue;
      centrality[start + position] = own.similarity(vector) / ownVectors.length;
      own.add(vector);
    }
    const others = Math.max(1, vectors.length - ownVectors.length);
    ownVectors.forEach((vector, position) => {
      const fromOthers = Math.max(0, everything.similarity(vector) - own.similarity(vector)) / others;
      centrality[start + position] = (centrality[start + position] ?? 0) + fromOthers;
    });
    own.clear(ownVectors);
    start = end;
  }
  return scaleToUnit(centrality);
}
