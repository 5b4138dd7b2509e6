import type { Anthropic } from "@anthropic-ai/sdk";
import type { BatchSubmission, SubmitOutcome } from "@gro/batch";
import { askOnce, failedCreation, InvalidOptionError, UnexpectedAnswer } from "@gro/summarizer";
import type { BatchConnection } from "./connection.js";
import { batchBody } from "./request.js";

/** @throws UnexpectedAnswer when the answer is no batch, whatever its status says. */
function idIn(batch: Partial<Anthropic.Messages.MessageBatch> | null): string {
  if (typeof batch?.id === "string" && batch.id !== "") return batch.id;
  throw new UnexpectedAnswer("no batch; does the base URL lead to the API?");
}

/**
 * Sends a batch, once.
 * @throws InvalidOptionError when there is nothing to send.
 */
export async function submitBatch(
  { requests, signal }: BatchSubmission,
  connection: BatchConnection,
): Promise<SubmitOutcome> {
  if (requests.length === 0) throw new InvalidOptionError("requests", "none", "at least one");
  // Nothing has been sent yet.
  if (signal?.aborted === true) return failedCreation(undefined, connection, signal, true);
  const { client, settings, batches } = connection;
  const body = batchBody(requests, settings);
  try {
    const batchId = await askOnce(
      { ...connection, loadOption: "maxRequests" },
      { clock: batches.clock, milliseconds: batches.submitTimeoutMs, signal },
      (options) =>
        client.post<Anthropic.Messages.MessageBatch>("/v1/messages/batches", {
          ...options,
          body,
          headers: { "content-type": "application/json" },
        }),
      async (call) => idIn(await call),
    );
    return { kind: "created", batchId };
  } catch (error) {
    return failedCreation(error, connection, signal);
  }
}
