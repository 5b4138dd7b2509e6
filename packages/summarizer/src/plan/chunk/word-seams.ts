import type { InParts } from "../in-parts.js";
import { countInParts } from "../text/count-in-parts.js";
import type { Tokenizer } from "../tokenizer.js";

/** How far apart seams are at least, in UTF-16 units: near enough to find any offset, far enough to be few. */
const SEAM_DISTANCE = 192;

/** What is done between two pauses: so many UTF-16 units are counted, or so many spaces looked at. */
const PART_LENGTH = 8_192;
const SPACES_IN_A_PART = 4_096;

const LETTER = /^\p{L}$/u;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;

/**
 * Places between words, with the tokens from the start of the text up to each. Where a tokenizer's counts add up
 * between words, the count of any span is a difference of two sums and two short counts at its ends.
 */
export interface WordSeams {
  /** Ascending; the first is 0, the last the text's length. */
  readonly offsets: readonly number[];
  /** `tokens[index]` is the count of `text.slice(0, offsets[index])`. */
  readonly tokens: readonly number[];
}

function isSeam(text: string, offset: number): boolean {
  return (
    text.charCodeAt(offset) === 0x20 &&
    LETTER.test(text.charAt(offset + 1)) &&
    LETTER_OR_DIGIT.test(text.charAt(offset - 1))
  );
}

/** The first seam at or after `from`, else the end of the text. */
function* nextSeam(text: string, from: number): InParts<number> {
  let offset = text.indexOf(" ", from);
  for (let spaces = 1; offset >= 0 && !isSeam(text, offset); spaces += 1) {
    offset = text.indexOf(" ", offset + 1);
    if (spaces % SPACES_IN_A_PART === 0) yield;
  }
  return offset < 0 ? text.length : offset;
}

/** Counts the whole text once, from seam to seam. */
export function* findWordSeams(text: string, tokenizer: Tokenizer): InParts<WordSeams> {
  const offsets = [0];
  const tokens = [0];
  let start = 0;
  let sum = 0;
  let pause = PART_LENGTH;
  while (start < text.length) {
    const end = yield* nextSeam(text, start + SEAM_DISTANCE);
    sum += yield* countInParts(text.slice(start, end), tokenizer);
    offsets.push(end);
    tokens.push(sum);
    start = end;
    if (start >= pause) {
      pause = start + PART_LENGTH;
      yield;
    }
  }
  return { offsets, tokens };
}

/** The index of the last seam at or before `offset`. */
export function seamAtOrBefore({ offsets }: WordSeams, offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}
