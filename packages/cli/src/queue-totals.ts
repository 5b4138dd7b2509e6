import { totalsOf, type WorkerTotals } from "@gro/metrics";
import { readKeptFigures } from "./kept-figures.js";
import type { QueuePlace } from "./open-store.js";

/** What the workers of a queue have done that are counted for it, those that are gone among them. */
export interface QueueTotals extends WorkerTotals {
  /** When the first of them began to count; ISO 8601 in UTC. */
  readonly since: string;
}

/**
 * `null` where no worker has counted yet, for a database, where nothing is kept, and where it cannot be read: the queue itself is what
 * matters. Changes nothing.
 */
export async function queueTotals(place: QueuePlace): Promise<QueueTotals | null> {
  if (place.kind === "database") return null;
  const figures = await readKeptFigures(place.queue.path).catch(() => undefined);
  return figures === undefined ? null : { since: figures.since, ...totalsOf(figures.snapshot) };
}
