import { totalsOf, type WorkerTotals } from "@gro/metrics";
import { readKeptFigures } from "./kept-figures.js";

/** What all workers of a queue have done, those that are gone among them. */
export interface QueueTotals extends WorkerTotals {
  /** When the first of them began to count; ISO 8601 in UTC. */
  readonly since: string;
}

/** `null` where no worker has counted yet, and where that cannot be read: the queue itself is what matters. Changes nothing. */
export async function queueTotals(queuePath: string): Promise<QueueTotals | null> {
  const figures = await readKeptFigures(queuePath).catch(() => undefined);
  return figures === undefined ? null : { since: figures.since, ...totalsOf(figures.snapshot) };
}
