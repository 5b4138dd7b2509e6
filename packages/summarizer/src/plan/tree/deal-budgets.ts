import { InvalidOptionError } from "../../errors/invalid-option-error.js";
import type { Chunk } from "../chunk/chunk.js";
import { gridAtLeast, gridAtMost } from "./budget-grid.js";

/** A chunk's summary is a ninth of the chunk where merges follow: short enough to be cheap, long enough to keep facts. */
const LEAF_RATIO = 1 / 9;
/** And no more than a third, so that a leaf compresses at all. */
const LARGEST_LEAF_RATIO = 1 / 3;
/** A summary of fewer tokens says nothing. */
const LEAST_LEAF_TOKENS = 16;
/**
 * A merge compresses at most this much; more compression takes more levels. Each level is a wait, for the slowest of its calls live and
 * for a round of batches there, and tells what has been told once more. With 12, a novel takes one level more: 1.5% more tokens, a tenth
 * more after an edit, 7% more time with 64 calls at once, and ROUGE of extractive summaries of such trees is lower, by 0.2 to 0.5 points.
 */
const MOST_SHRINK_PER_MERGE = 20;
/** Where so little is to be gained, shorter leaves do instead of a level of merges. */
const LEAST_SHRINK_BY_MERGES = 1.5;
/** Groups end at a place that depends on content, so they are not full: this much of `tokenMax` on average. */
const AVERAGE_GROUP_FILL = 0.8;
/** Tokens of the blank line between two joined summaries, at most. */
export const SEPARATOR_TOKENS = 1;

export interface DealSettings {
  readonly targetTokens: number;
  readonly tokenMax: number;
  readonly maxCollapseDepth: number;
}

/** How the target is dealt down the tree. */
export interface Deal {
  /** Budgets of the chunks' summaries, in their order. */
  readonly leafTokens: readonly number[];
  /** Levels of merges between leaves and roots. */
  readonly innerLevels: number;
  /** Budget of every merge on those levels. */
  readonly innerTokens: number;
  /** How many nodes make up the result. Equals the number of chunks when no merge is needed. */
  readonly roots: number;
  /** Whether the chunks' summaries are the result. */
  readonly isFlat: boolean;
}

/** Most tokens of one summary that a merge takes in: two must fit. */
function largestChildTokens(tokenMax: number): number {
  return Math.floor(tokenMax / 2);
}

function leafBudgets(chunks: readonly Chunk[], ratio: number, largest: number): number[] {
  return chunks.map(({ tokens }) =>
    Math.min(largest, Math.max(1, tokens), Math.max(LEAST_LEAF_TOKENS, Math.floor(tokens * ratio + 1e-9))),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The chunks' summaries together are the result: the whole target is dealt among them by their size. */
function dealFlat(chunks: readonly Chunk[], room: number, contentTokens: number): Deal {
  const ratio = chunks.length === 1 ? room / contentTokens : gridAtMost(room / contentTokens);
  return {
    leafTokens: chunks.map(({ tokens }) => Math.max(1, Math.floor(tokens * ratio + 1e-9))),
    innerLevels: 0,
    innerTokens: 0,
    roots: chunks.length,
    isFlat: true,
  };
}

/** Levels of merges between leaves and roots, so that none of them has to shrink its input too much. */
function countInnerLevels(shrink: number, groupTokens: number): number {
  if (shrink <= LEAST_SHRINK_BY_MERGES) return 0;
  const shrinkPerMerge = Math.min(MOST_SHRINK_PER_MERGE, groupTokens / LEAST_LEAF_TOKENS);
  return Math.ceil(Math.log(shrink) / Math.log(shrinkPerMerge) - 1e-9);
}

/**
 * Deals the target from the top of the tree downwards, so that each level hands the next enough to fill it, and the result
 * comes out near the target, not far under it.
 *
 * @throws InvalidOptionError when `maxCollapseDepth` allows too few levels for so much content.
 */
export function dealBudgets(chunks: readonly Chunk[], settings: DealSettings): Deal {
  const { targetTokens, tokenMax, maxCollapseDepth } = settings;
  const contentTokens = sum(chunks.map(({ tokens }) => tokens));
  const largest = largestChildTokens(tokenMax);
  const room = targetTokens - (chunks.length - 1) * SEPARATOR_TOKENS;
  const natural = leafBudgets(chunks, LEAF_RATIO, largest);
  if (chunks.length === 1 || sum(natural) <= room) return dealFlat(chunks, room, contentTokens);

  // A root halves what it takes in, at least; a target beyond that takes several roots side by side.
  const roots = Math.max(1, Math.ceil(targetTokens / largest));
  const groupTokens = tokenMax * AVERAGE_GROUP_FILL;
  const capacity = roots * groupTokens;
  const totalShrink = sum(natural) / capacity;
  const wantedLevels = countInnerLevels(totalShrink, groupTokens);
  if (Math.min(wantedLevels, maxCollapseDepth - 1) === 0) {
    const ratio = Math.min(LARGEST_LEAF_RATIO, gridAtMost(capacity / contentTokens));
    const leafTokens = leafBudgets(chunks, ratio, largest);
    if (sum(leafTokens) <= roots * tokenMax) {
      return { leafTokens, innerLevels: 0, innerTokens: largest, roots, isFlat: false };
    }
    // More chunks than even their shortest summaries fit into the roots.
    if (maxCollapseDepth === 1) throw tooShallow(maxCollapseDepth, contentTokens);
  }
  const innerLevels = Math.max(1, Math.min(wantedLevels, maxCollapseDepth - 1));
  const shrink = gridAtLeast(totalShrink ** (1 / innerLevels));
  const innerTokens = Math.min(largest, Math.floor(groupTokens / shrink));
  if (innerTokens < LEAST_LEAF_TOKENS && innerLevels < wantedLevels) {
    throw tooShallow(maxCollapseDepth, contentTokens);
  }
  return {
    leafTokens: natural,
    innerLevels,
    innerTokens: Math.max(LEAST_LEAF_TOKENS, innerTokens),
    roots,
    isFlat: false,
  };
}

function tooShallow(maxCollapseDepth: number, contentTokens: number): InvalidOptionError {
  return new InvalidOptionError(
    "maxCollapseDepth",
    maxCollapseDepth,
    `a larger number for a content of ${contentTokens} tokens, or a larger targetTokens or tokenMax`,
  );
}
