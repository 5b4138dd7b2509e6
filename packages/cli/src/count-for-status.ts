import { WorkerMetrics, type Followed } from "@gro/metrics";
import { KeptFigures } from "./kept-figures.js";

export interface CountForStatusOptions {
  /** The directory of the queue, as `--queue-path` names it. */
  readonly queuePath: string;
  /** Tells the time, in milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** What counts a worker for `status`. */
export interface StatusCount {
  /** Writes what was counted since the last tick, and counts no more. Rejects when it cannot be written. */
  stop(): Promise<void>;
}

/**
 * Counts what a worker of this process does in the totals of `gro-summarizer status`, as `gro-summarizer worker` does for its own: from
 * now on, written after each tick into the queue's directory. A tick whose figures cannot be written is no worse for it: the next one
 * writes them all. Not for a database, which keeps no totals.
 *
 * @throws the system's error when the directory cannot be used
 */
export async function countForStatus(worker: Followed, options: CountForStatusOptions): Promise<StatusCount> {
  const { queuePath, now = Date.now } = options;
  const metrics = new WorkerMetrics({ now });
  const unfollow = metrics.follow(worker);
  try {
    const kept = await KeptFigures.begin(queuePath, now);
    const keep = () => kept.keep(() => metrics.snapshot());
    const onTick = () => void keep().catch(() => undefined);
    worker.events.on("tickDone", onTick);
    return {
      async stop() {
        worker.events.off("tickDone", onTick);
        unfollow();
        await keep();
      },
    };
  } catch (error) {
    unfollow();
    throw error;
  }
}
