import type { Anthropic } from "@anthropic-ai/sdk";
import type { BatchResult } from "@gro/batch";
import { malformedLine, ModelError, modelErrorFrom, toldFailure, type ResultLine } from "@gro/summarizer";
import type { Connection } from "../client.js";
import { completionFrom } from "../completion.js";

/** What the request was is not known any more; it matters only for answers that report no usage. */
const UNKNOWN_REQUEST = { system: "", prompt: "", maxOutputTokens: 0 };

type ToldLine = Partial<Anthropic.Messages.MessageBatchIndividualResponse>;

function succeeded(key: string, message: Anthropic.Message, connection: Connection): BatchResult {
  try {
    const completion = completionFrom(message, UNKNOWN_REQUEST, connection, undefined);
    return { kind: "succeeded", key, completion };
  } catch {
    return malformedLine(key, "has succeeded without a message");
  }
}

/** The error stands two levels down, with the id of the request beside it. */
function errored(
  key: string,
  error: Partial<Anthropic.ErrorResponse> | undefined,
  connection: Connection,
): BatchResult {
  const requestId = error?.request_id ?? undefined;
  const told = modelErrorFrom({ error }, { ...connection, requestId });
  if (told instanceof ModelError) return { kind: "errored", key, failure: toldFailure(told) };
  return malformedLine(key, "has failed without an error");
}

/** What a line of results says of its request. */
export function resultOf(told: ResultLine, connection: Connection): BatchResult {
  if (told.kind === "malformed") return told;
  const { key } = told;
  const { result }: ToldLine = told.line;
  switch (result?.type) {
    case "succeeded":
      return succeeded(key, result.message, connection);
    case "errored":
      return errored(key, result.error, connection);
    case "canceled":
    case "expired":
      return { kind: result.type, key };
    case undefined:
    default:
      return malformedLine(key, "has no result of a type that is known");
  }
}
