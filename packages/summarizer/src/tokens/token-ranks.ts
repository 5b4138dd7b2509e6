import type { InParts } from "../plan/in-parts.js";

/** The rank of what is no token: above all others. */
export const NO_RANK = 0x7fffffff;

/** Decoded between two pauses. */
const TOKENS_IN_A_PART = 2_048;

/** The tokens of an encoding. Byte sequences are strings with one character a byte, which a Map looks up without a copy. */
export interface TokenRanks {
  readonly ranks: ReadonlyMap<string, number>;
  /** The same for single bytes, all of which are tokens. */
  readonly single: Int32Array;
  /**
   * The same for tokens of two bytes, at `first * 256 + second`: every merge begins with the ranks of all pairs of bytes, and reading
   * them here takes a third off the time of texts without spaces.
   */
  readonly pairs: Int32Array;
}

/** Reads lines of `! <first rank> <base64 token> <base64 token> …`. */
export function* decodeRanks(lines: string): InParts<TokenRanks> {
  const ranks = new Map<string, number>();
  const single = new Int32Array(0x100).fill(NO_RANK);
  const pairs = new Int32Array(0x10000).fill(NO_RANK);
  for (const line of lines.split("\n")) {
    const [, first] = line.split(" ", 2);
    if (first === undefined) continue;
    let rank = Number(first);
    // All tokens may stand in one line. Splitting it would hold the event loop for 30 ms, so it is read token by token.
    let space = line.indexOf(" ", line.indexOf(" ") + 1);
    while (space >= 0) {
      const end = line.indexOf(" ", space + 1);
      const token = atob(line.slice(space + 1, end < 0 ? line.length : end));
      if (token.length === 1) single[token.charCodeAt(0)] = rank;
      else if (token.length === 2) pairs[token.charCodeAt(0) * 0x100 + token.charCodeAt(1)] = rank;
      ranks.set(token, rank++);
      space = end;
      if (ranks.size % TOKENS_IN_A_PART === 0) yield;
    }
  }
  return { ranks, single, pairs };
}
