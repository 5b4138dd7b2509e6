import { ModelError } from "../../errors/model-error.js";
import { stringField } from "../field.js";
import { modelErrorFrom, type FailedCall } from "../model-error-from.js";
import { readStream } from "../read-stream.js";
import { requestIdOf, timeLimit, type CallTime } from "./ask-once.js";
import { callWithin } from "./call-within.js";
import { isPage } from "./is-missing.js";
import { readLines } from "./read-lines.js";

/** A line of results, in the form that providers share: JSON with the `custom_id` of a request. */
export type ResultLine =
  | { readonly kind: "read"; readonly key: string; readonly line: object }
  | { readonly kind: "malformed"; readonly key: string | null; readonly detail: string };

/** Inside a text quotation marks are escaped, so this stands only where the line itself has it. */
const KEY = /"custom_id"\s*:\s*"([\w-]{1,64})"/u;

/** Tells of a line that cannot be used without showing what stands in it. */
export function malformedLine(key: string | null, problem: string): ResultLine & { kind: "malformed" } {
  return { kind: "malformed", key, detail: `a line of the results ${problem}` };
}

function readLine(text: string): ResultLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return malformedLine(KEY.exec(text)?.[1] ?? null, `is no JSON (${text.length} characters)`);
  }
  if (typeof line !== "object" || line === null) return malformedLine(null, "is no object");
  const key = stringField(line, "custom_id");
  return key === undefined ? malformedLine(null, "has no custom_id") : { kind: "read", key, line };
}

function checkIsNoPage(response: Response, { provider, model, address }: FailedCall): void {
  if (!isPage(response.headers)) return;
  throw new ModelError({
    kind: "malformed_response",
    provider,
    model,
    message: `the answer of ${address ?? "the provider"} is a web page and no results; does the base URL lead to the API?`,
    requestId: requestIdOf(response),
  });
}

/**
 * The lines of a response as they come, never all at once. Rejects with a `ModelError` when they break off or nothing comes for
 * `time.milliseconds`; what ends in good order may be short all the same, so the caller compares with the counts.
 */
export async function* readResultLines(
  response: Response,
  connection: FailedCall,
  time: CallTime,
): AsyncGenerator<ResultLine> {
  checkIsNoPage(response, connection);
  if (response.body === null) return;
  const limit = timeLimit(time, connection);
  const pieces = readStream(response.body, (read) => callWithin(limit, read));
  try {
    for await (const line of readLines(pieces)) yield readLine(line);
  } catch (error) {
    if (time.signal?.aborted === true) throw time.signal.reason;
    throw (
      modelErrorFrom(error, { ...connection, requestId: requestIdOf(response), coversAll: true }) ?? error
    );
  }
}
