import { askOnce, isMissing, ModelError } from "@gro/summarizer";
import { callTime, type BatchConnection } from "./connection.js";
import { hasEnded, retrieve } from "./status.js";

async function ask(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<void> {
  await askOnce(
    connection,
    callTime(connection, signal),
    (options) => connection.client.batches.cancel(batchId, options),
    async (call) => {
      try {
        await call;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
  );
}

/** Asks for an early end. A batch that has ended, or is not known, is no error. */
export async function cancelBatch(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await ask(batchId, connection, signal);
  } catch (error) {
    const status = error instanceof ModelError ? error.status : undefined;
    if (status === 409) return;
    if (status !== 400) throw error;
    // Perhaps because there is nothing to cancel any more.
    const batch = await retrieve(batchId, connection, signal);
    if (batch !== undefined && !hasEnded(batch) && batch.status !== "failed") throw error;
  }
}
