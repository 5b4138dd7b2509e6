import { withoutHalfPair } from "../text/graphemes.js";

/**
 * Counts go by short stretches of about this many UTF-16 units, cut before white space, where the
 * count of the whole is very nearly the sum of the parts.
 */
const STRETCH_LENGTH = 192;

function isSpace(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** A few tokens are found by stretches not much longer than they reach. */
export function stretchLength(limit: number): number {
  return Math.min(STRETCH_LENGTH, Math.max(16, 8 * limit));
}

/** The end of the stretch that begins at `start`. */
export function stretchEnd(text: string, start: number, length: number): number {
  if (start + length >= text.length) return text.length;
  for (let end = start + length; end > start + length / 2; end -= 1) {
    if (isSpace(text, end) && !isSpace(text, end - 1)) return end;
  }
  return withoutHalfPair(text, start + length);
}

/** The start of the stretch that ends at `end`. */
export function stretchStart(text: string, end: number, length: number): number {
  if (end - length <= 0) return 0;
  for (let start = end - length; start < end - length / 2; start += 1) {
    if (isSpace(text, start) && !isSpace(text, start - 1)) return start;
  }
  return withoutHalfPair(text, end - length);
}
