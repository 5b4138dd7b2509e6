import type { InParts } from "../in-parts.js";
import { plainRunEnd } from "./plain-characters.js";

/**
 * Segmentation goes window by window, because on Node 20 the time of Intl.Segmenter grows with the square of
 * the text: 16,000 letters take 160 ms at once and 2 ms in windows of this many UTF-16 units.
 */
const WINDOW_LENGTH = 256;

/** Characters of a single unit that are passed between two pauses. */
const PLAIN_IN_A_PART = 4_096;

/** The character after an offset decides whether one ends there; it has at most this many UTF-16 units. */
const LONGEST_CODE_POINT = 2;

/** `index`, or one less where it would part a surrogate pair. */
export function withoutHalfPair(text: string, index: number): number {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff ? index - 1 : index;
}

/** What Unicode joins to the character before it, be that a space: marks, joiners, skin tones, tags. */
const JOINS_BEFORE =
  /^(?:\p{M}|\p{Emoji_Modifier}|\u{0e33}|\u{0eb3}|[\u{200c}-\u{200d}]|[\u{ff9e}-\u{ff9f}]|[\u{e0020}-\u{e007f}])/u;

/** Whether a user-perceived character may begin at `offset`, if white space or a full stop stands before it. */
export function beginsCharacter(text: string, offset: number): boolean {
  return (
    text.charCodeAt(offset) < 0x300 || !JOINS_BEFORE.test(text.slice(offset, offset + LONGEST_CODE_POINT))
  );
}

/**
 * Offsets in `(start, end]` at which a user-perceived character ends, ascending. `start` must itself
 * be such an offset. A character of more than 256 units (combining marks piled without limit) counts as several.
 */
export function* graphemeEnds(text: string, start: number, end: number): InParts<number[]> {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  const lastNeeded = Math.min(text.length, end + LONGEST_CODE_POINT);
  const ends: number[] = [];
  let windowStart = start;
  while (windowStart < end) {
    const plainEnd = plainRunEnd(text, windowStart, Math.min(end, windowStart + PLAIN_IN_A_PART));
    if (plainEnd > windowStart) {
      while (windowStart < plainEnd) ends.push(++windowStart);
      yield;
      continue;
    }
    const windowEnd = withoutHalfPair(text, Math.min(windowStart + WINDOW_LENGTH, lastNeeded));
    const window = text.slice(windowStart, windowEnd);
    const segments = Array.from(segmenter.segment(window), ({ index }) => windowStart + index);
    // The window may cut its last character: that one begins the next window.
    const reached =
      windowEnd === text.length || segments.length < 2 ? windowEnd : (segments.pop() ?? windowEnd);
    ends.push(...segments.slice(1), reached);
    windowStart = reached;
    yield;
  }
  return ends.filter((offset) => offset <= end);
}
