import type { BatchRecord, DeadLetter, DurableStore, QueueStats } from "@gro/queue";

/** An unfinished batch, as it stands. */
export interface BatchStanding {
  readonly ref: string;
  readonly provider: string;
  readonly modelId: string;
  /** The provider's own id; `null` while it is not known. */
  readonly batchId: string | null;
  /** How many step keys it holds. */
  readonly keys: number;
  readonly state: BatchRecord["submission"]["kind"];
  readonly reservedAt: string;
  readonly ageMs: number;
}

/** A page that ended without a summary. */
export interface DeadLetterStanding {
  readonly pageId: string;
  readonly itemId: string;
  readonly label: string;
  readonly lane: string | null;
  readonly code: string;
  readonly message: string;
  readonly queuedAt: string;
  readonly diedAt: string;
}

/** What a queue holds, as plain data. Times are ISO 8601 in UTC. */
export interface QueueStanding {
  readonly items: Pick<QueueStats, "ready" | "waiting" | "claimed" | "dead">;
  readonly oldestQueuedAt: string | null;
  readonly oldestAgeMs: number | null;
  /** The oldest first. */
  readonly batches: readonly BatchStanding[];
  /** The oldest death first. */
  readonly deadLetters: readonly DeadLetterStanding[];
}

/** Where nothing was ever queued. */
export const NOTHING_QUEUED: QueueStanding = {
  items: { ready: 0, waiting: 0, claimed: 0, dead: 0 },
  oldestQueuedAt: null,
  oldestAgeMs: null,
  batches: [],
  deadLetters: [],
};

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function batchStanding({ submission, ...batch }: BatchRecord, now: number): BatchStanding {
  const { ref, provider, modelId, keys, reservedAt } = batch;
  return {
    ...{ ref, provider, modelId },
    batchId: submission.kind === "intended" ? null : submission.batchId,
    keys: keys.length,
    state: submission.kind,
    reservedAt: iso(reservedAt),
    ageMs: now - reservedAt,
  };
}

function deadLetterStanding({ item, reason, diedAt }: DeadLetter): DeadLetterStanding {
  const { pageId, id: itemId, label, lane, queuedAt } = item;
  return { pageId, itemId, label, lane, ...reason, queuedAt: iso(queuedAt), diedAt: iso(diedAt) };
}

/** @param now milliseconds since the epoch */
export async function queueStanding(
  { queue, ledger }: Pick<DurableStore, "queue" | "ledger">,
  now: number,
): Promise<QueueStanding> {
  const { oldestQueuedAt, ready, waiting, claimed, dead } = await queue.stats();
  const batches = await ledger.openBatches();
  const deadLetters = await queue.deadLetters();
  return {
    items: { ready, waiting, claimed, dead },
    oldestQueuedAt: oldestQueuedAt === null ? null : iso(oldestQueuedAt),
    oldestAgeMs: oldestQueuedAt === null ? null : now - oldestQueuedAt,
    batches: batches.map((batch) => batchStanding(batch, now)),
    deadLetters: deadLetters.map(deadLetterStanding),
  };
}
