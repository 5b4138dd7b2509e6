import type { BatchResult } from "@gro/batch";
import {
  askForResults,
  ModelError,
  readResultLines,
  withSecretsRead,
  type ModelErrorKind,
} from "@gro/summarizer";
import type { BatchConnection } from "./connection.js";
import { resultOf } from "./result-line.js";
import { hasEnded, retrieve } from "./status.js";

function failure(kind: ModelErrorKind, message: string, { provider, model }: BatchConnection): ModelError {
  return new ModelError({ kind, provider, model, message });
}

/** The files that hold a batch's results, as far as it has them: of what was done and of what failed or was not done. */
async function locate(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const batch = await retrieve(batchId, connection, signal);
  if (batch === undefined) {
    throw failure("invalid_request", `the API knows no batch ${batchId}`, connection);
  }
  if (!hasEnded(batch)) throw failure("server_error", `batch ${batchId} has not ended yet`, connection);
  // A file that is not there is `null`, `undefined` or, with some servers, an empty string.
  const { output_file_id: output, error_file_id: errors } = batch;
  return [output, errors].filter((id) => typeof id === "string").filter((id) => id !== "");
}

async function* readFile(
  fileId: string,
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): AsyncGenerator<BatchResult> {
  const { clock, silenceTimeoutMs } = connection.batches;
  const time = { clock, milliseconds: silenceTimeoutMs, signal };
  const response = await askForResults(
    connection,
    time,
    (options) => connection.client.files.content(fileId, options),
    `file ${fileId} with results of batch ${batchId}`,
  );
  const told = withSecretsRead(connection);
  for await (const line of readResultLines(response, told, time)) yield resultOf(line, told);
}

/** The results of an ended batch, line by line as they come. */
export async function* readResults(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): AsyncGenerator<BatchResult> {
  for (const fileId of await locate(batchId, connection, signal)) {
    yield* readFile(fileId, batchId, connection, signal);
  }
}
