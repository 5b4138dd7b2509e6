import type { CandidateSentence } from "./candidate-sentences.js";
import { coverSources } from "./cover-sources.js";
import { Selection } from "./selection.js";
import type { SelectionMethod } from "./text-kind.js";

/**
 * Sentences that are chosen from together: about 100,000 tokens at most. Picking takes time in the square of the
 * sentences; parts, each with its share of the limit, keep it in proportion to the text.
 */
const MOST_SENTENCES = 4_000;

/** A run of sentences that are chosen from together. */
export interface Part {
  /** The index of its first sentence. */
  readonly offset: number;
  readonly sentences: readonly CandidateSentence[];
  readonly tokens: number;
  readonly selection: Selection;
}

export function sumTokens(sentences: readonly CandidateSentence[]): number {
  return sentences.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** One part, or as many of even length as a very long text needs. */
export function openParts(
  sentences: readonly CandidateSentence[],
  limit: number,
  method: SelectionMethod | "auto",
): Part[] {
  const total = sumTokens(sentences);
  const length = Math.ceil(sentences.length / Math.ceil(sentences.length / MOST_SENTENCES));
  const parts: Part[] = [];
  for (let offset = 0; offset < sentences.length; offset += length) {
    const own = sentences.slice(offset, offset + length);
    const tokens = sumTokens(own);
    const share = Math.ceil((limit * tokens) / Math.max(1, total));
    parts.push({ offset, sentences: own, tokens, selection: new Selection(own, share, method) });
  }
  return parts;
}

/** Fills `room` tokens, dealt to the parts by their length. Answers the indexes of what was taken, in that order. */
export function fillParts(parts: readonly Part[], room: number): number[] {
  const taken: number[] = [];
  let left = room;
  let tokensLeft = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  for (const { offset, sentences, tokens, selection } of parts) {
    let share = tokensLeft === 0 ? 0 : Math.floor((left * tokens) / tokensLeft);
    const here: number[] = [];
    const take = (indexes: readonly number[]) => {
      here.push(...indexes);
      share -= sumTokens(indexes.flatMap((index) => sentences[index] ?? []));
    };
    if (selection.isEmpty) take(coverSources(sentences, selection, share));
    take(selection.fill(share));
    tokensLeft -= tokens;
    left -= sumTokens(here.flatMap((index) => sentences[index] ?? []));
    taken.push(...here.map((index) => offset + index));
  }
  return taken;
}
