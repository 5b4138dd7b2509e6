import { TokenizerFailedError } from "../../errors/tokenizer-error.js";
import type { InParts } from "../in-parts.js";
import { beginsCharacter, graphemeEnds, withoutHalfPair } from "../text/graphemes.js";
import { lastCertainEnd } from "../text/plain-characters.js";
import { findSentenceEnds } from "../text/sentences.js";
import type { Chunk, ChunkSettings } from "./chunk.js";
import { chooseEdge } from "./edge.js";
import { offsetAt, type TextMeasure } from "./text-measure.js";

/**
 * A chunk ends in the last part of its reach: from this share of `chunkSize` on. With a half, the average chunk is
 * filled to three quarters, and wherever two chunks begin, places remain that both can reach: that is how the
 * edges of a text before and after an edit find together again. With 0.6 twice as many chunks change.
 */
const EARLIEST_EDGE = 0.5;

/** The chunk's edge and its tokens. Shrinks the reach where the parts counted less than the whole. */
function* findEdge(
  measure: TextMeasure,
  start: number,
  { chunkSize }: ChunkSettings,
): InParts<Pick<Chunk, "end" | "tokens">> {
  const content = measure.text;
  for (let limit = chunkSize; limit > 0; limit = Math.floor(limit * 0.9)) {
    const ruler = yield* measure.forward(start, limit);
    const high = ruler.offsets.at(-1) ?? start;
    if (high === start) break;
    const low = Math.max(start, Math.min(offsetAt(ruler, limit * EARLIEST_EDGE), high - 1));
    const end = high === content.length ? high : yield* chooseEdge(content, start, low, high);
    const tokens = yield* measure.count(start, end);
    if (tokens <= chunkSize) return { end, tokens };
  }
  throw new TokenizerFailedError(
    measure.tokenizerId,
    `counts more than ${chunkSize} tokens for a single character; chunkSize must be larger`,
  );
}

/**
 * The first start of a sentence, else of a word, else of a character, between `earliest` and `start`. Sentences and
 * words must leave at least half of the context. Characters are told apart from `previousStart` on.
 */
function* alignedStart(
  content: string,
  earliest: number,
  start: number,
  previousStart: number,
): InParts<number> {
  if (earliest === 0) return 0;
  const context = content.slice(earliest, start);
  const leavesHalf = (offset: number | undefined): offset is number =>
    offset !== undefined && offset < context.length / 2 && beginsCharacter(context, offset);
  const [sentence] = yield* findSentenceEnds(context);
  if (leavesHalf(sentence)) return earliest + sentence;
  const space = /\s(?=\S)/u.exec(context);
  if (space !== null && leavesHalf(space.index + 1)) return earliest + space.index + 1;
  if (earliest <= previousStart) return previousStart;
  const certain = lastCertainEnd(content, previousStart, earliest);
  if (certain === earliest) return earliest;
  const graphemes = yield* graphemeEnds(content, certain, start);
  return graphemes.find((offset) => offset >= earliest) ?? start;
}

/** Where the context before `start` begins: as early as the overlap allows, at the start of a sentence or word. */
export function* findContextStart(
  measure: TextMeasure,
  start: number,
  previousStart: number,
  { chunkOverlap }: ChunkSettings,
): InParts<number> {
  if (chunkOverlap === 0 || start === 0) return start;
  const content = measure.text;
  let earliest = yield* measure.backward(start, chunkOverlap);
  while (earliest < start) {
    const aligned = yield* alignedStart(content, earliest, start, previousStart);
    if ((yield* measure.count(aligned, start)) <= chunkOverlap) return aligned;
    // The parts counted less than the whole that they make up.
    earliest = withoutHalfPair(content, Math.min(start, earliest + Math.max(2, (start - earliest) >> 4)));
  }
  return start;
}

/**
 * Cuts a text into chunks.
 * In order, the spans are the text again; no span exceeds `chunkSize`, no context `chunkOverlap`.
 */
export function* chunkContent(measure: TextMeasure, settings: ChunkSettings): InParts<Chunk[]> {
  const chunks: Chunk[] = [];
  let previousStart = 0;
  for (let start = 0; start < measure.text.length;) {
    const { end, tokens } = yield* findEdge(measure, start, settings);
    const contextStart = yield* findContextStart(measure, start, previousStart, settings);
    chunks.push({ start, end, tokens, contextStart });
    previousStart = start;
    start = end;
    yield;
  }
  return chunks;
}
