import type { PageEntry } from "../summaries/page-entry.js";
import { firstGroup, foldEntries } from "./fold.js";
import type { Workshop } from "./workshop.js";

/** Folding goes on until so much of the limit is left, so that it is not needed again at once. */
const DOWN_TO = 0.6;

function isReady({ state }: PageEntry): boolean {
  return state === "ready";
}

function sum(entries: readonly PageEntry[], { shelf }: Workshop): number {
  return entries.reduce((tokens, entry) => tokens + shelf.tokensOf(entry), 0);
}

/**
 * Summaries that have come for pages of the backlog are folded when all of them are there, or enough for a page. The last one
 * alone is shown again.
 */
export async function settleBacklog(workshop: Workshop): Promise<void> {
  const { shelf, limits } = workshop;
  for (;;) {
    const ready = shelf.backlog.filter(isReady);
    const areAll = ready.length === shelf.backlog.length;
    const [first] = ready;
    if (first === undefined || (!areAll && sum(ready, workshop) < limits.entries / 2)) return;
    const group = firstGroup(ready, Infinity, workshop);
    if (group.length > 0) await foldEntries(workshop, group);
    else if (areAll) shelf.moveToShown(first);
    else return;
  }
}

/**
 * Makes what stands for pages smaller than `limit`: the oldest summaries are folded into one page, and placeholders, which wait
 * for their summaries, go to the backlog. Whatever is more of the two goes first.
 */
export async function tidyShelf(workshop: Workshop, limit: number): Promise<void> {
  const { shelf } = workshop;
  if (shelf.tokens <= limit) return;
  while (shelf.tokens > limit * DOWN_TO) {
    const ready = shelf.shown.filter(isReady);
    const pending = shelf.shown.filter((entry) => !isReady(entry));
    const excess = shelf.tokens - limit * DOWN_TO;
    const wanted = Math.max(excess, sum(ready, workshop) / 2);
    const group = firstGroup(ready, wanted, workshop);
    const [oldest] = pending;
    if (group.length > 0 && sum(ready, workshop) >= sum(pending, workshop)) {
      await foldEntries(workshop, group);
    } else if (oldest !== undefined) {
      shelf.moveToBacklog(oldest);
    } else return;
  }
}
