import { TokenizerFailedError } from "../../errors/tokenizer-error.js";
import { withoutHalfPair } from "../text/graphemes.js";
import type { Tokenizer } from "../tokenizer.js";

/**
 * Counts go by short stretches of about this many UTF-16 units, cut before white space, where the
 * count of the whole is very nearly the sum of the parts.
 */
const STRETCH_LENGTH = 192;

/** Offsets into a text with the tokens between them and the start, ascending; the first entry is the start with 0. */
export interface Ruler {
  readonly offsets: readonly number[];
  readonly tokens: readonly number[];
}

function isSpace(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** A few tokens are found by stretches not much longer than they reach. */
function stretchLength(limit: number): number {
  return Math.min(STRETCH_LENGTH, Math.max(16, 8 * limit));
}

function stretchEnd(text: string, start: number, length: number): number {
  if (start + length >= text.length) return text.length;
  for (let end = start + length; end > start + length / 2; end -= 1) {
    if (isSpace(text, end) && !isSpace(text, end - 1)) return end;
  }
  return withoutHalfPair(text, start + length);
}

function stretchStart(text: string, end: number, length: number): number {
  if (end - length <= 0) return 0;
  for (let start = end - length; start < end - length / 2; start += 1) {
    if (isSpace(text, start) && !isSpace(text, start - 1)) return start;
  }
  return withoutHalfPair(text, end - length);
}

/** The token count of a stretch of `text`; refuses counts that would make the arithmetic meaningless. */
export function countChecked(tokenizer: Tokenizer, text: string): number {
  const count = tokenizer.count(text);
  if (!Number.isFinite(count) || count < 0) {
    throw new TokenizerFailedError(
      tokenizer.id,
      `counted ${count} tokens; a count is a number of at least 0`,
    );
  }
  return count;
}

/** The largest offset in `(start, end]` whose tokens fit, or `start` when not even one character does. */
function longestFit(text: string, start: number, end: number, limit: number, tokenizer: Tokenizer): number {
  let fits = start;
  let exceeds = end;
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >> 1;
    if (countChecked(tokenizer, text.slice(start, middle)) <= limit) fits = middle;
    else exceeds = middle;
  }
  const whole = withoutHalfPair(text, fits);
  return whole > start ? whole : start;
}

/** Measures from `start` forward, as far as `limit` tokens reach or to the end of the text. */
export function measureForward(text: string, start: number, limit: number, tokenizer: Tokenizer): Ruler {
  const offsets = [start];
  const tokens = [0];
  const length = stretchLength(limit);
  let offset = start;
  let sum = 0;
  while (offset < text.length) {
    const end = stretchEnd(text, offset, length);
    const count = countChecked(tokenizer, text.slice(offset, end));
    if (sum + count > limit) {
      const fit = longestFit(text, offset, end, limit - sum, tokenizer);
      if (fit > offset) {
        offsets.push(fit);
        tokens.push(limit);
      }
      break;
    }
    sum += count;
    offset = end;
    offsets.push(offset);
    tokens.push(sum);
  }
  return { offsets, tokens };
}

/** The smallest offset from which the text up to `end` takes at most `limit` tokens, by stretches and then exactly. */
export function measureBackward(text: string, end: number, limit: number, tokenizer: Tokenizer): number {
  const length = stretchLength(limit);
  let offset = end;
  let sum = 0;
  while (offset > 0) {
    const start = stretchStart(text, offset, length);
    const count = countChecked(tokenizer, text.slice(start, offset));
    if (sum + count > limit) {
      let exceeds = start;
      let fits = offset;
      while (fits - exceeds > 1) {
        const middle = (fits + exceeds) >> 1;
        if (sum + countChecked(tokenizer, text.slice(middle, offset)) <= limit) fits = middle;
        else exceeds = middle;
      }
      // Half a pair at the front would be a character of its own: step over it, into the text that fits.
      return withoutHalfPair(text, fits) === fits ? fits : fits + 1;
    }
    sum += count;
    offset = start;
  }
  return offset;
}

/** The offset that `tokens` tokens reach on a ruler, interpolated between its marks. */
export function offsetAt(ruler: Ruler, tokens: number): number {
  for (let index = 1; index < ruler.offsets.length; index += 1) {
    const reached = ruler.tokens[index] ?? 0;
    if (reached < tokens) continue;
    const before = ruler.tokens[index - 1] ?? 0;
    const from = ruler.offsets[index - 1] ?? 0;
    const to = ruler.offsets[index] ?? from;
    const share = reached === before ? 1 : (tokens - before) / (reached - before);
    return Math.floor(from + (to - from) * share);
  }
  return ruler.offsets[ruler.offsets.length - 1] ?? 0;
}
