import { TokenizerFailedError } from "../../errors/tokenizer-error.js";
import { sentenceEnds } from "../text/sentences.js";
import type { Tokenizer } from "../tokenizer.js";
import type { Chunk, ChunkSettings } from "./chunk.js";
import { chooseEdge } from "./edge.js";
import { countChecked, measureBackward, measureForward, offsetAt, withoutHalfPair } from "./token-ruler.js";

/**
 * A chunk ends in the last part of its reach: from this share of `chunkSize` on. Earlier would leave chunks
 * empty, later would leave too few places to choose from; with 0.6 the average chunk is filled to 0.8.
 */
const EARLIEST_EDGE = 0.6;

/** The chunk's edge and its tokens. Shrinks the reach where the parts counted less than the whole. */
function findEdge(content: string, start: number, settings: ChunkSettings, tokenizer: Tokenizer) {
  const { chunkSize } = settings;
  for (let limit = chunkSize; limit > 0; limit = Math.floor(limit * 0.9)) {
    const ruler = measureForward(content, start, limit, tokenizer);
    const high = ruler.offsets.at(-1) ?? start;
    if (high === start) break;
    const low = Math.max(start, Math.min(offsetAt(ruler, limit * EARLIEST_EDGE), high - 1));
    const end = high === content.length ? high : chooseEdge(content, start, low, high);
    const tokens = countChecked(tokenizer, content.slice(start, end));
    if (tokens <= chunkSize) return { end, tokens };
  }
  throw new TokenizerFailedError(
    tokenizer.id,
    `counts more than ${chunkSize} tokens for a single character; chunkSize must be larger`,
  );
}

/** The first sentence of `context`, else its first word, as an offset; 0 when aligning would cost half of it. */
function alignedStart(context: string): number {
  const half = context.length / 2;
  const sentence = sentenceEnds(context)[0];
  if (sentence !== undefined && sentence < half) return sentence;
  const space = /\s(?=\S)/u.exec(context);
  return space === null || space.index + 1 > half ? 0 : space.index + 1;
}

/** Where the context before `start` begins: as early as the overlap allows, at the start of a sentence or word. */
export function findContextStart(
  content: string,
  start: number,
  settings: ChunkSettings,
  tokenizer: Tokenizer,
): number {
  if (settings.chunkOverlap === 0 || start === 0) return start;
  let earliest = measureBackward(content, start, settings.chunkOverlap, tokenizer);
  while (earliest < start) {
    const aligned = earliest === 0 ? 0 : earliest + alignedStart(content.slice(earliest, start));
    if (countChecked(tokenizer, content.slice(aligned, start)) <= settings.chunkOverlap) return aligned;
    // The parts counted less than the whole that they make up.
    earliest = withoutHalfPair(content, Math.min(start, earliest + Math.max(2, (start - earliest) >> 4)));
  }
  return start;
}

/**
 * Cuts `content` into chunks, one at a time, so that a caller may pause between them.
 * In order, the spans are the content again; no span exceeds `chunkSize`, no context `chunkOverlap`.
 */
export function* chunkContent(
  content: string,
  settings: ChunkSettings,
  tokenizer: Tokenizer,
): Generator<Chunk, void, void> {
  for (let start = 0; start < content.length;) {
    const { end, tokens } = findEdge(content, start, settings, tokenizer);
    yield { start, end, tokens, contextStart: findContextStart(content, start, settings, tokenizer) };
    start = end;
  }
}
