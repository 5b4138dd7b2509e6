import type { Lane } from "../messages/chat-message.js";
import { isPagedLate, orderOf, type Unit } from "./unit.js";

export interface Choice {
  /** Units that may be paged. */
  readonly eligible: readonly Unit[];
  /** How many tokens are to become free. */
  readonly excess: number;
  /** A page of less is not worth its place in the context. */
  readonly leastPage: number;
  readonly tokensOf: (unit: Unit) => number;
  /** What a page of so many tokens leaves in the context. */
  readonly costOf: (tokens: number) => number;
}

/**
 * The units to page: the oldest ones, those of high importance last, until what they leave behind is small enough. A lane that has
 * too little for a page is passed over.
 */
export function chooseUnits(choice: Choice): ReadonlySet<Unit> {
  const { eligible, excess, leastPage, tokensOf, costOf } = choice;
  const available = new Map<Lane, number>();
  for (const unit of eligible) available.set(unit.lane, (available.get(unit.lane) ?? 0) + tokensOf(unit));
  const candidates = eligible
    .filter(({ lane }) => (available.get(lane) ?? 0) >= leastPage)
    .sort(
      (one, other) => Number(isPagedLate(one)) - Number(isPagedLate(other)) || orderOf(one) - orderOf(other),
    );

  const chosen = new Set<Unit>();
  const taken = new Map<Lane, number>();
  const take = (unit: Unit) => {
    chosen.add(unit);
    taken.set(unit.lane, (taken.get(unit.lane) ?? 0) + tokensOf(unit));
  };
  const freed = () => [...taken.values()].reduce((sum, tokens) => sum + tokens - costOf(tokens), 0);
  for (const unit of candidates) {
    if (freed() >= excess) break;
    take(unit);
  }
  for (const unit of candidates) {
    const tokens = taken.get(unit.lane);
    if (tokens !== undefined && tokens < leastPage && !chosen.has(unit)) take(unit);
  }
  return chosen;
}
