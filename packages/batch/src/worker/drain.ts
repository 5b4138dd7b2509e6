import { addCounts, nothingCounted, type TickReport } from "./tick-report.js";
import type { WorkerParts } from "./worker-parts.js";

/** What draining has done, over all its ticks. */
export interface DrainReport extends TickReport {
  /** `false` when the worker was stopped before everything was done. */
  readonly isDrained: boolean;
  /** Dead letters that the queue holds, those of earlier runs included. */
  readonly dead: number;
}

/** So many ticks in a row may fail before that is the answer. */
const MOST_FAILURES = 5;
const FAILURE_WAIT_MS = 1_000;

/** Ticks until nothing is left. */
export async function drain(parts: WorkerParts, tick: () => Promise<TickReport>): Promise<DrainReport> {
  const { settings, schedule, stopping } = parts;
  const { pollIntervalMs, leaseMs, clock } = settings;
  const sum = nothingCounted();
  let failures = 0;
  while (!stopping.aborted) {
    try {
      addCounts(sum, await tick());
      failures = 0;
      const { isDone, dead } = await look(parts);
      if (isDone) return { ...sum, isDrained: true, dead };
      // What others had in hands when they died is free after a lease.
      await schedule.sleep(Math.min(pollIntervalMs, leaseMs), stopping);
    } catch (error) {
      if (stopping.aborted) break;
      failures += 1;
      if (failures >= MOST_FAILURES || isHopeless(error)) throw error;
      parts.tellError("looking at the store", error);
      await clock.sleep(FAILURE_WAIT_MS * failures, stopping).catch(() => undefined);
    }
  }
  const { dead } = await look(parts);
  return { ...sum, isDrained: false, dead };
}

async function look({
  settings,
  providers,
}: WorkerParts): Promise<{ readonly isDone: boolean; readonly dead: number }> {
  const { queue, ledger } = settings.store;
  const { ready, waiting, claimed, dead } = await queue.stats();
  if (ready + waiting + claimed > 0) return { isDone: false, dead };
  const own = providers.own;
  const open = (await ledger.openBatches()).filter(({ provider }) => own.has(provider));
  return { isDone: open.length === 0, dead };
}

/** Whether an error says that the same would happen again. */
function isHopeless(error: unknown): boolean {
  return typeof error === "object" && error !== null && "isRetryable" in error && error.isRetryable === false;
}
