import type { CandidateSentence } from "./candidate-sentences.js";
import type { Selection } from "./selection.js";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The sentences of each source, as ranges of indexes. */
function rangesBySource(sentences: readonly CandidateSentence[]): Range[] {
  const ranges: Range[] = [];
  for (let start = 0; start < sentences.length;) {
    let end = start + 1;
    while (end < sentences.length && sentences[end]?.source === sentences[start]?.source) end += 1;
    ranges.push({ start, end });
    start = end;
  }
  return ranges;
}

/**
 * Takes one sentence of every source, so that a merge leaves no part out: the worthiest within the source's
 * even share of what is left, and a longer one only as far as the sources after it keep room for their shortest. Takes
 * nothing where even the shortest sentences are too much together, or where there is only one source.
 */
export function coverSources(
  sentences: readonly CandidateSentence[],
  selection: Selection,
  room: number,
): number[] {
  // A source without a sentence of its own says only what others say.
  const ranges = rangesBySource(sentences).filter(
    ({ start, end }) => selection.leastTokens(start, end) < Infinity,
  );
  const least = ranges.map(({ start, end }) => selection.leastTokens(start, end));
  let reserved = least.reduce((sum, tokens) => sum + tokens, 0);
  if (ranges.length < 2 || reserved > room) return [];

  const taken: number[] = [];
  let left = room;
  ranges.forEach(({ start, end }, position) => {
    const leastHere = least[position] ?? 0;
    reserved -= leastHere;
    const share = Math.max(leastHere, left / (ranges.length - position));
    const best = selection.best(Math.min(share, left - reserved), start, end);
    if (best === undefined) return;
    taken.push(best.index);
    left -= selection.take(best.index);
  });
  return taken;
}
