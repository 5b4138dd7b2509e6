/**
 * Segmentation goes window by window, because on Node 20 the time of Intl.Segmenter grows with the square of
 * the text: 16,000 letters take 160 ms at once and 2 ms in windows of this many UTF-16 units.
 */
const WINDOW_LENGTH = 256;

/**
 * Offsets in `(start, end]` at which a user-perceived character ends, ascending. `start` must itself
 * be such an offset. A character of more than 256 units (combining marks piled without limit) counts as several.
 */
export function graphemeEnds(text: string, start: number, end: number): number[] {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  const ends: number[] = [];
  let windowStart = start;
  while (windowStart < end) {
    const window = text.slice(windowStart, windowStart + WINDOW_LENGTH);
    const isLast = windowStart + window.length === text.length;
    const segments = Array.from(segmenter.segment(window), ({ index }) => windowStart + index);
    // The window may cut its last character: that one begins the next window.
    const reached =
      isLast || segments.length < 2 ? windowStart + window.length : (segments.pop() ?? windowStart);
    ends.push(...segments.slice(1), reached);
    windowStart = reached;
  }
  return ends.filter((offset) => offset <= end);
}
