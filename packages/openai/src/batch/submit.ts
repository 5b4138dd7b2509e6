import type { BatchSubmission, SubmitOutcome } from "@gro/batch";
import { askOnce, failedCreation, InvalidOptionError, UnexpectedAnswer } from "@gro/summarizer";
import { callTime, type BatchConnection } from "./connection.js";
import { batchFile, ENDPOINT } from "./request.js";

/** Under this name a batch carries our own name for it. */
export const REF = "gro_ref";

/** @throws UnexpectedAnswer when the answer names nothing, whatever its status says. */
function idIn(answer: { readonly id?: unknown } | null, what: string): string {
  if (typeof answer?.id === "string" && answer.id !== "") return answer.id;
  throw new UnexpectedAnswer(`no ${what}; does the base URL lead to the API, and need /v1?`);
}

function submitTime({ batches }: BatchConnection, signal: AbortSignal | undefined) {
  return { clock: batches.clock, milliseconds: batches.submitTimeoutMs, signal };
}

function upload({ requests, signal }: BatchSubmission, connection: BatchConnection): Promise<string> {
  const { client, settings } = connection;
  const file = batchFile(requests, settings);
  return askOnce(
    connection,
    submitTime(connection, signal),
    (options) => client.files.create({ file, purpose: "batch" }, options),
    async (call) => idIn(await call, "file"),
  );
}

function create(
  fileId: string,
  { ref, signal }: BatchSubmission,
  connection: BatchConnection,
): Promise<string> {
  const body = {
    input_file_id: fileId,
    endpoint: ENDPOINT,
    completion_window: "24h",
    metadata: { [REF]: ref },
  } as const;
  return askOnce(
    { ...connection, loadOption: "maxRequests" },
    submitTime(connection, signal),
    (options) => connection.client.batches.create(body, options),
    async (call) => idIn(await call, "batch"),
  );
}

/** A file that no batch uses. It costs nothing and goes away by itself after 30 days: whether this works does not matter. */
async function discard(fileId: string, connection: BatchConnection): Promise<void> {
  const deleted = askOnce(
    connection,
    callTime(connection, undefined),
    (options) => connection.client.files.delete(fileId, options),
    async (call) => {
      await call;
    },
  );
  await deleted.catch(() => undefined);
}

/**
 * Uploads a batch and starts it, each once.
 * @throws InvalidOptionError when there is nothing to send.
 */
export async function submitBatch(
  submission: BatchSubmission,
  connection: BatchConnection,
): Promise<SubmitOutcome> {
  const { requests, signal } = submission;
  const stopped = () => signal?.aborted === true;
  if (requests.length === 0) throw new InvalidOptionError("requests", "none", "at least one");
  // Nothing has been sent yet.
  if (stopped()) return failedCreation(undefined, connection, signal, true);
  let fileId: string;
  try {
    fileId = await upload(submission, connection);
  } catch (error) {
    // A file alone does nothing: whatever became of it, there is no batch.
    return failedCreation(error, connection, signal, true);
  }
  if (stopped()) {
    await discard(fileId, connection);
    return failedCreation(undefined, connection, signal, true);
  }
  try {
    return { kind: "created", batchId: await create(fileId, submission, connection) };
  } catch (error) {
    const outcome = failedCreation(error, connection, signal);
    // A batch that may exist still needs its file.
    if (outcome.kind === "refused") await discard(fileId, connection);
    return outcome;
  }
}
