import type { InParts } from "../in-parts.js";

/** Something that a merge can take in: how much room it needs, and how good a place its end is for a group to end. */
export interface Groupable {
  readonly budgetTokens: number;
  /** From the content around the end of its span, so that it does not change when distant content does. */
  readonly edgePriority: number;
}

/** A half-open range of items, by index. */
export interface Group {
  readonly from: number;
  readonly to: number;
}

/** A group ends in the last part of its reach, from this share of the capacity on. */
const EARLIEST_EDGE = 0.55;

/** Half the width of the stretch, as a share of a group, in which a root may end away from an even division. */
const ROOT_EDGE_PLAY = 0.12;

/**
 * Groups neighbours so that each group fits `capacity`. A group ends where the content says so, within its reach:
 * after an edit, groups further on end where they ended before. Every group but the last has two items or more
 * when no item takes more than half of the capacity.
 */
export function* groupNeighbours(items: readonly Groupable[], capacity: number): InParts<Group[]> {
  const groups: Group[] = [];
  let from = 0;
  while (from < items.length) {
    let to = from;
    let tokens = 0;
    let best = from + 1;
    let bestPriority = -1;
    while (to < items.length) {
      const item = items[to];
      if (item === undefined || tokens + item.budgetTokens > capacity) break;
      tokens += item.budgetTokens;
      to += 1;
      const isInReach = tokens >= capacity * EARLIEST_EDGE && to > from + 1;
      if (isInReach && item.edgePriority > bestPriority) {
        best = to;
        bestPriority = item.edgePriority;
      }
    }
    if (to === items.length) best = to;
    groups.push({ from, to: best });
    from = best;
    yield;
  }
  return groups;
}

/**
 * Divides all items into at most `count` groups of about equal size that fit `capacity` each, or answers
 * `undefined` when there is too much for that.
 */
export function* divideEvenly(
  items: readonly Groupable[],
  count: number,
  capacity: number,
): InParts<Group[] | undefined> {
  const total = items.reduce((sum, item) => sum + item.budgetTokens, 0);
  const groups: Group[] = [];
  let from = 0;
  let before = 0;
  for (let left = count; left > 1 && items.length - from > 1; left -= 1) {
    const share = (total - before) / left;
    let best: number | undefined;
    let bestPriority = -1;
    let closest = from + 1;
    let closestTokens = items[from]?.budgetTokens ?? 0;
    let tokens = 0;
    for (let to = from + 1; to < items.length; to += 1) {
      const item = items[to - 1];
      tokens += item?.budgetTokens ?? 0;
      if (tokens > capacity) break;
      if (Math.abs(tokens - share) < Math.abs(closestTokens - share)) {
        closest = to;
        closestTokens = tokens;
      }
      const isNearShare = Math.abs(tokens - share) <= share * ROOT_EDGE_PLAY;
      const isRestFeasible = total - before - tokens <= capacity * (left - 1);
      if (isNearShare && isRestFeasible && (item?.edgePriority ?? 0) > bestPriority) {
        best = to;
        bestPriority = item?.edgePriority ?? 0;
      }
    }
    const to = best ?? closest;
    for (let index = from; index < to; index += 1) before += items[index]?.budgetTokens ?? 0;
    groups.push({ from, to });
    from = to;
    yield;
  }
  groups.push({ from, to: items.length });
  return total - before <= capacity ? groups : undefined;
}
