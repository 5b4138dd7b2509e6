import { RecentPairs } from "./recent-pairs.js";
import { NO_RANK, type TokenRanks } from "./token-ranks.js";

/** No token of any encoding has more bytes. */
const LONGEST_TOKEN_BYTES = 128;

/** The most bytes that are merged at once. */
export const MOST_MERGED_BYTES = 1_000;

/** A power of two, above all positions of bytes and the one behind them. */
const POSITIONS = 1_024;

/** The tokens of a window that may be the start of more. */
export interface MergedWindow {
  readonly tokens: number;
  /** Bytes of the first token. */
  readonly firstBytes: number;
  /** The tokens that end long enough before the window's end, and their bytes. */
  readonly trustedTokens: number;
  readonly trustedBytes: number;
  /** Bytes of the token after those. */
  readonly followingBytes: number;
}

/**
 * Merges bytes into tokens: always the pair of lowest rank, the leftmost of equals, until no pair is a token.
 *
 * Pairs play a tournament: each is the number `rank * POSITIONS + position`, and every node of a binary tree holds the smaller of
 * the two below it, so that the root is the pair to merge. A merge replays three matches in each of at most ten rounds, where searching
 * and closing up a list would take hundreds of steps: random letters take half the time. All arrays are made once.
 */
export class PairMerger {
  /** The root is 1; below `node` are `2 * node` and `2 * node + 1`. The leaves are the positions in order, from `leaves` on. */
  private readonly tree = new Int32Array(2 * POSITIONS);
  private leaves = POSITIONS;
  /** By the position at which a part begins: its token's rank, where the next part begins, and the one before. */
  private readonly token = new Int32Array(POSITIONS);
  private readonly next = new Int16Array(POSITIONS);
  private readonly previous = new Int16Array(POSITIONS);
  private readonly recent: RecentPairs;

  constructor(private readonly tokens: TokenRanks) {
    this.recent = new RecentPairs(tokens);
  }

  /** How many tokens make up `bytes`, of which there are at most `MOST_MERGED_BYTES`. */
  count(bytes: string): number {
    const { length } = bytes;
    if (length < 2 || (length <= LONGEST_TOKEN_BYTES && this.tokens.ranks.has(bytes))) {
      return Math.min(length, 1);
    }
    return this.merge(bytes);
  }

  /**
   * Merges `bytes` as a part of something longer, at least 1 and at most `MOST_MERGED_BYTES` of them.
   * @param margin how many bytes before the end tokens are no longer trusted
   */
  mergeWindow(bytes: string, margin: number): MergedWindow {
    const tokens = this.merge(bytes);
    const { next } = this;
    const lastTrusted = bytes.length - margin;
    let trustedTokens = 0;
    let trustedBytes = 0;
    for (let end = next[0] ?? 0; end <= lastTrusted && end < bytes.length; end = next[end] ?? bytes.length) {
      trustedTokens += 1;
      trustedBytes = end;
    }
    const followingBytes = (next[trustedBytes] ?? 0) - trustedBytes;
    return { tokens, firstBytes: next[0] ?? 0, trustedTokens, trustedBytes, followingBytes };
  }

  /** Answers how many tokens there are; where each ends stands in `next`. */
  private merge(bytes: string): number {
    const { length } = bytes;
    this.enterBytes(bytes);
    const { tree, token, next, previous } = this;
    let parts = length;
    for (let lowest = tree[1] ?? NO_RANK; lowest !== NO_RANK; lowest = tree[1] ?? NO_RANK) {
      const at = lowest % POSITIONS;
      const merged = next[at] ?? length;
      const after = next[merged] ?? length;
      token[at] = (lowest - at) / POSITIONS;
      next[at] = after;
      previous[after] = at;
      parts -= 1;
      this.play(merged, NO_RANK);
      this.playPair(bytes, at);
      if (at > 0) this.playPair(bytes, previous[at] ?? 0);
    }
    return parts;
  }

  /** Every byte is a part by itself; all matches are played once. */
  private enterBytes(bytes: string): void {
    const { tree, token, next, previous } = this;
    const { single, pairs } = this.tokens;
    const last = bytes.length - 1;
    this.leaves = 2 ** (32 - Math.clz32(last));
    let first = bytes.charCodeAt(0);
    for (let position = 0; position <= last; position += 1) {
      const second = position < last ? bytes.charCodeAt(position + 1) : 0;
      const rank = position < last ? (pairs[first * 0x100 + second] ?? NO_RANK) : NO_RANK;
      tree[this.leaves + position] = entry(rank, position);
      token[position] = single[first] ?? NO_RANK;
      next[position] = position + 1;
      previous[position] = position - 1;
      first = second;
    }
    next[last + 1] = last + 1;
    tree.fill(NO_RANK, this.leaves + last + 1, 2 * this.leaves);
    for (let node = this.leaves - 1; node >= 1; node -= 1) {
      tree[node] = Math.min(tree[2 * node] ?? NO_RANK, tree[2 * node + 1] ?? NO_RANK);
    }
  }

  /** Finds out what the pair that begins at `position` is worth now. */
  private playPair(bytes: string, position: number): void {
    const { token, next } = this;
    const second = next[position] ?? bytes.length;
    if (second === bytes.length) {
      this.play(position, NO_RANK);
      return;
    }
    const end = next[second] ?? bytes.length;
    const rank = this.recent.rankOf(token[position] ?? 0, token[second] ?? 0, bytes, position, end);
    this.play(position, entry(rank, position));
  }

  /** Puts an entry into its leaf and replays the matches above it, as far as they come out otherwise. */
  private play(position: number, pair: number): void {
    const { tree } = this;
    let node = this.leaves + position;
    let lowest = pair;
    while (tree[node] !== lowest) {
      tree[node] = lowest;
      if (node === 1) return;
      lowest = Math.min(lowest, tree[node ^ 1] ?? NO_RANK);
      node >>= 1;
    }
  }
}

function entry(rank: number, position: number): number {
  return rank === NO_RANK ? NO_RANK : rank * POSITIONS + position;
}
