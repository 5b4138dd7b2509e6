import type { GenerateRequest } from "../ports/language-model.js";
import { modelErrorFrom, type FailedCall } from "./model-error-from.js";

/**
 * What an adapter throws when a call has failed: the signal's reason, as it is, when the caller has stopped it; else what
 * the provider's failure was; else the error itself, which is then none of the provider's.
 */
export function failureOf(error: unknown, request: GenerateRequest, call: FailedCall): unknown {
  if (request.signal?.aborted === true) return request.signal.reason;
  return modelErrorFrom(error, { ...call, request }) ?? error;
}
