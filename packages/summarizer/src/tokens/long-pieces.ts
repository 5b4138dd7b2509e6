import type { InParts } from "../plan/in-parts.js";
import { MOST_MERGED_BYTES, type MergedWindow, type PairMerger } from "./pair-merger.js";

/**
 * How far before the end of a window its tokens are trusted no more: there, what was cut off could have changed them. More is tried
 * where this was too little, which no text that we know needs twice in a row.
 */
const MARGINS = [64, 256, 512] as const;

/** How many distinct windows are remembered: of one letter, newline or emoji over and over there are a few. 4 MB at most. */
const REMEMBERED_WINDOWS = 4_096;

/**
 * Counts pieces of any length exactly, in time that grows with the length and no faster: window by window, each from an end of a token
 * in the one before.
 *
 * Tokens that follow each other are the tokens of their text exactly when each two neighbours are the tokens of what they make up
 * together. So the first token of a window must be the one that the window before saw at that place: then all neighbours have been
 * neighbours in one window, and nothing further off can change them. A window of a thousand bytes counts 64 of them twice, which
 * costs 6%; cutting pieces up blindly counted up to 1.5% too many, and at times too few.
 */
export class LongPieces {
  private readonly remembered = new Map<string, MergedWindow>();

  constructor(private readonly merger: PairMerger) {}

  /** How many tokens make up `bytes`, a piece with one character a byte. */
  *count(bytes: string): InParts<number> {
    let count = 0;
    let start = 0;
    let window = this.windowAt(bytes, start, 0);
    while (start + MOST_MERGED_BYTES < bytes.length) {
      let next = this.windowAt(bytes, start + window.trustedBytes, 0);
      for (
        let margin = 1;
        next.firstBytes !== window.followingBytes && margin < MARGINS.length;
        margin += 1
      ) {
        window = this.windowAt(bytes, start, margin);
        next = this.windowAt(bytes, start + window.trustedBytes, 0);
      }
      count += window.trustedTokens;
      start += window.trustedBytes;
      window = next;
      yield;
    }
    return count + window.tokens;
  }

  private windowAt(bytes: string, start: number, margin: number): MergedWindow {
    const window = bytes.slice(start, start + MOST_MERGED_BYTES);
    const known = margin === 0 ? this.remembered.get(window) : undefined;
    if (known !== undefined) return known;
    const merged = this.merger.mergeWindow(window, MARGINS[margin] ?? 0);
    if (margin === 0) {
      if (this.remembered.size >= REMEMBERED_WINDOWS) this.remembered.clear();
      // A slice would keep the whole piece alive that it was cut from.
      this.remembered.set(` ${window}`.slice(1), merged);
    }
    return merged;
  }
}
