import type { BatchResult } from "@gro/batch";
import { malformedLine, ModelError, modelErrorFrom, toldFailure, type ResultLine } from "@gro/summarizer";
import type { OpenAI } from "openai";
import type { Connection } from "../client.js";
import { answerIn, unwatchedCompletion } from "../completion.js";

/** What the request was is not known any more; it matters only for answers that report no usage. */
const UNKNOWN_REQUEST = { system: "", prompt: "", maxOutputTokens: 0 };

/** A line, as far as it can be believed: an answer with its status, or an error without one. */
interface ToldLine {
  readonly response?: {
    readonly status_code?: unknown;
    readonly request_id?: string | null;
    readonly body?: OpenAI.ChatCompletion & { readonly error?: unknown };
  } | null;
  readonly error?: { readonly code?: string | null; readonly message?: string | null } | null;
}

/** What servers say of requests that were not done because the batch ended. */
const EXPIRED = /^batch_expired$/u;
const CANCELED = /^batch_cancell?ed$/u;

function errored(
  key: string,
  error: unknown,
  requestId: string | undefined,
  connection: Connection,
): BatchResult {
  const told = modelErrorFrom(error, { ...connection, requestId });
  if (told instanceof ModelError) return { kind: "errored", key, failure: toldFailure(told) };
  return malformedLine(key, "has failed without an error");
}

function answered(
  key: string,
  response: NonNullable<ToldLine["response"]>,
  connection: Connection,
): BatchResult {
  const { status_code: status, body } = response;
  const requestId = response.request_id ?? undefined;
  const isFailure = typeof status === "number" && (status < 200 || status > 299);
  if (isFailure) return errored(key, { status, error: body?.error ?? body }, requestId, connection);
  if (typeof body !== "object" || body === null) return malformedLine(key, "has succeeded without an answer");
  // An error in an answer with status 200, as routers send it.
  if (typeof body.error === "object" && body.error !== null) {
    return errored(key, { error: body.error }, requestId, connection);
  }
  try {
    const completion = unwatchedCompletion(
      answerIn(body, connection, requestId),
      UNKNOWN_REQUEST,
      connection,
    );
    return { kind: "succeeded", key, completion };
  } catch {
    return malformedLine(key, "has succeeded without a message");
  }
}

/** What a line of results says of its request. */
export function resultOf(told: ResultLine, connection: Connection): BatchResult {
  if (told.kind === "malformed") return told;
  const { key } = told;
  const { response, error }: ToldLine = told.line;
  const code = error?.code ?? "";
  if (EXPIRED.test(code)) return { kind: "expired", key };
  if (CANCELED.test(code)) return { kind: "canceled", key };
  if (typeof response === "object" && response !== null) return answered(key, response, connection);
  if (typeof error === "object" && error !== null) return errored(key, { error }, undefined, connection);
  return malformedLine(key, "has neither an answer nor an error");
}
