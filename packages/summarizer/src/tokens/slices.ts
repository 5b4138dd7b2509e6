/** The pattern of an encoding runs over slices of about so many UTF-16 units: one run of 50 million letters would overflow its stack. */
export const SLICE_LENGTH = 32_768;

/**
 * Where no piece is certain to end, a slice grows to so many units, and is cut there: only there a count may be a token off. Four times as
 * much held the event loop for 85 ms, as a piece of Chinese is found and made into bytes in one go.
 */
const LONGEST_SLICE = 65_536;

/** Searched at once for an end. */
const WINDOW_LENGTH = 512;

/**
 * What a piece is certain to end with, in every encoding and whatever stands farther off; so the pieces of both sides are those of the whole
 * text. No piece goes on behind
 *
 * - anything but white space, where white space other than a line end follows;
 * - a letter, where neither a letter, a mark nor an apostrophe follows, as in "don't";
 * - the last of some digits;
 * - a single line end where neither white space nor a slash follows. Of two line ends some encodings keep the last one apart.
 */
const CERTAIN_END = /\S(?=[^\S\r\n])|\p{L}(?=[^\p{L}\p{M}'’])|\p{N}(?=\P{N})|\S[\r\n](?=[^\s/])/gu;

/** What follows an end may have two units. */
const LONGEST_CODE_POINT = 2;

/** The certain ends in `(from, to]`. What ends at `from` begins before it, by a unit or two. */
export function certainEnds(text: string, from: number, to: number): readonly number[] {
  const begin = Math.max(0, from - LONGEST_CODE_POINT);
  const window = text.slice(begin, to + LONGEST_CODE_POINT);
  return Array.from(window.matchAll(CERTAIN_END), (match) => begin + match.index + match[0].length).filter(
    (end) => end > from && end <= to,
  );
}

/** The end of the slice that begins at `start`: where a piece ends, a little before `SLICE_LENGTH` if it can be. */
export function sliceEnd(text: string, start: number): number {
  const limit = start + SLICE_LENGTH;
  if (limit >= text.length) return text.length;
  for (let to = limit; to > start + SLICE_LENGTH / 2; to -= WINDOW_LENGTH) {
    const end = certainEnds(text, to - WINDOW_LENGTH, to).at(-1);
    if (end !== undefined) return end;
  }
  const last = start + LONGEST_SLICE;
  for (let from = limit; from < last && from < text.length; from += WINDOW_LENGTH) {
    const [end] = certainEnds(text, from, from + WINDOW_LENGTH);
    if (end !== undefined) return end;
  }
  if (last >= text.length) return text.length;
  // Half of a surrogate pair would count as a character of its own.
  return /[\uD800-\uDBFF]/.test(text.charAt(last - 1)) ? last - 1 : last;
}
