import type { BatchResult } from "@gro/batch";
import {
  askForResults,
  ModelError,
  readResultLines,
  withSecretsRead,
  type CallTime,
  type ModelErrorKind,
} from "@gro/summarizer";
import type { BatchConnection } from "./connection.js";
import { resultOf } from "./result-line.js";
import { hasEnded, retrieve } from "./status.js";

function failure(kind: ModelErrorKind, message: string, { provider, model }: BatchConnection): ModelError {
  return new ModelError({ kind, provider, model, message });
}

/** The API names the address of the results in its answer, and the SDK would sign a call to wherever that leads. */
function keptBack(
  batchId: string,
  elsewhere: string,
  connection: BatchConnection,
  requestId?: string,
): ModelError {
  const { provider, model, address } = connection;
  const message =
    `the results of batch ${batchId} are said to be at ${elsewhere}, and not at ${new URL(address).origin}: the API key is not sent ` +
    "there. If that is the API's right address, set baseURL to it";
  return new ModelError({ kind: "malformed_response", provider, model, message, requestId });
}

function checkAddress(url: string, batchId: string, connection: BatchConnection): string {
  const { address } = connection;
  const { href, origin } = URL.canParse(url, address) ? new URL(url, address) : { href: "", origin: "" };
  if (origin === new URL(address).origin) return href;
  const isPlace = origin !== "" && origin !== "null";
  throw keptBack(batchId, isPlace ? origin : "an address that is none", connection);
}

/** Where a batch's results are. */
async function locate(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<string> {
  const batch = await retrieve(batchId, connection, signal);
  if (batch === undefined) {
    throw failure("invalid_request", `the API knows no batch ${batchId}`, connection);
  }
  if (!hasEnded(batch)) throw failure("server_error", `batch ${batchId} has not ended yet`, connection);
  if (typeof batch.results_url === "string") return checkAddress(batch.results_url, batchId, connection);
  throw failure(
    "invalid_request",
    `batch ${batchId} has no results any more: they are kept for 29 days`,
    connection,
  );
}

/** A redirection is not followed: not every header that may hold a key is taken off on the way to another host. */
const OWN_ANSWER_ONLY = { redirect: "manual" } as const;

async function open(
  url: string,
  batchId: string,
  connection: BatchConnection,
  time: CallTime,
): Promise<Response> {
  try {
    return await askForResults(
      connection,
      time,
      (options) =>
        connection.client.get(url, {
          ...options,
          headers: { accept: "application/binary" },
          fetchOptions: OWN_ANSWER_ONLY,
        }),
      `the file with the results of batch ${batchId}`,
    );
  } catch (error) {
    const { status = 0, requestId } = error instanceof ModelError ? error : {};
    if (status < 300 || status > 399) throw error;
    throw keptBack(batchId, "another address (a redirection)", connection, requestId);
  }
}

/** The results of an ended batch, line by line as they come. */
export async function* readResults(
  batchId: string,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): AsyncGenerator<BatchResult> {
  const { clock, silenceTimeoutMs } = connection.batches;
  const time = { clock, milliseconds: silenceTimeoutMs, signal };
  const url = await locate(batchId, connection, signal);
  const response = await open(url, batchId, connection, time);
  const told = withSecretsRead(connection);
  for await (const line of readResultLines(response, told, time)) yield resultOf(line, told);
}
