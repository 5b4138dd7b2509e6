import type { Anthropic } from "@anthropic-ai/sdk";
import type { BatchCounts, BatchStatus } from "@gro/batch";
import { askOnce, isMissing, UnexpectedAnswer } from "@gro/summarizer";
import { callTime, type BatchConnection } from "./connection.js";

/** A batch as the API tells of it, as far as that can be believed. */
export type ToldBatch = Partial<Anthropic.Messages.MessageBatch>;

function count(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : 0;
}

/** How many requests a batch has. They are all `processing` until the whole batch has ended. */
export function totalOf({ request_counts: counts }: ToldBatch): number | null {
  if (counts === undefined || counts === null) return null;
  const { processing, succeeded, errored, canceled, expired } = counts;
  const total = [processing, succeeded, errored, canceled, expired]
    .map(count)
    .reduce((sum, one) => sum + one);
  return total === 0 ? null : total;
}

function countsOf(batch: ToldBatch): BatchCounts | null {
  const { request_counts: counts } = batch;
  if (totalOf(batch) === null || counts === undefined) return null;
  return {
    succeeded: count(counts.succeeded),
    errored: count(counts.errored),
    canceled: count(counts.canceled),
    expired: count(counts.expired),
  };
}

/** @throws UnexpectedAnswer when the answer is no batch. */
function checkBatch(batch: ToldBatch | null): ToldBatch {
  if (typeof batch?.processing_status === "string") return batch;
  throw new UnexpectedAnswer("no batch; does the base URL lead to the API?");
}

/** Asks for a batch; `undefined` when the API knows none of this id. */
export function retrieve(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<ToldBatch | undefined> {
  return askOnce(
    connection,
    callTime(connection, signal),
    (options) => connection.client.messages.batches.retrieve(batchId, {}, options),
    async (call) => {
      try {
        return checkBatch(await call);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
  );
}

/** When a batch ended, in milliseconds since the epoch, where the API says so. */
function endOf({ ended_at: time }: ToldBatch): number | undefined {
  const endedAt = Date.parse(time ?? "");
  return Number.isNaN(endedAt) ? undefined : endedAt;
}

export function hasEnded({ processing_status: status }: ToldBatch): boolean {
  return status === "ended";
}

export async function readStatus(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<BatchStatus> {
  const batch = await retrieve(batchId, connection, signal);
  if (batch === undefined) return { kind: "missing" };
  return hasEnded(batch)
    ? { kind: "ended", counts: countsOf(batch), endedAt: endOf(batch) }
    : { kind: "running", total: totalOf(batch) };
}
