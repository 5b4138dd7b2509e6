import type { BatchCounts, BatchStatus } from "@gro/batch";
import { askOnce, isMissing, UnexpectedAnswer } from "@gro/summarizer";
import type { OpenAI } from "openai";
import { batchFailure } from "./batch-failure.js";
import { callTime, type BatchConnection } from "./connection.js";

/** A batch as the API tells of it, as far as that can be believed. */
export type ToldBatch = Partial<OpenAI.Batch>;

function count(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : 0;
}

/** How many requests a batch has; `null` before it has been validated, and where the server does not count. */
export function totalOf({ request_counts: counts }: ToldBatch): number | null {
  const total = count(counts?.total);
  return total === 0 ? null : total;
}

/** What is neither completed nor failed when a batch ends early was not done, for the reason that the batch ended. */
function countsOf(batch: ToldBatch): BatchCounts | null {
  const { request_counts: counts, status } = batch;
  const total = totalOf(batch);
  if (total === null) return null;
  const succeeded = count(counts?.completed);
  const errored = count(counts?.failed);
  const rest = Math.max(0, total - succeeded - errored);
  return {
    succeeded,
    errored,
    canceled: status === "cancelled" ? rest : 0,
    expired: status === "expired" ? rest : 0,
  };
}

/** @throws UnexpectedAnswer when the answer is no batch. */
function checkBatch(batch: ToldBatch | null): ToldBatch {
  if (typeof batch?.status === "string") return batch;
  throw new UnexpectedAnswer("no batch; does the base URL lead to the API, and need /v1?");
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
    (options) => connection.client.batches.retrieve(batchId, options),
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

/** When a batch ended, in milliseconds since the epoch, where the server says so. */
function endOf(batch: ToldBatch): number | undefined {
  const { completed_at: completed, expired_at: expired, cancelled_at: cancelled } = batch;
  const seconds = [completed, expired, cancelled].find((time) => typeof time === "number" && time > 0);
  return typeof seconds === "number" ? seconds * 1000 : undefined;
}

const ENDED: ReadonlySet<unknown> = new Set(["completed", "expired", "cancelled", "canceled"]);

export function hasEnded({ status }: ToldBatch): boolean {
  return ENDED.has(status);
}

export async function readStatus(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<BatchStatus> {
  const batch = await retrieve(batchId, connection, signal);
  if (batch === undefined) return { kind: "missing" };
  if (batch.status === "failed") return { kind: "failed", failure: batchFailure(batch, connection) };
  return hasEnded(batch)
    ? { kind: "ended", counts: countsOf(batch), endedAt: endOf(batch) }
    : { kind: "running", total: totalOf(batch) };
}
