import { ModelError, type ModelErrorKind } from "../../errors/model-error.js";
import type { FailedCall } from "../model-error-from.js";

/** A failure as plain data, to be stored and told later. */
export interface ToldFailure {
  readonly kind: ModelErrorKind;
  readonly message: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** What is known when the call that creates something has failed: nothing exists, or nobody can tell. */
export interface FailedCreation {
  readonly kind: "refused" | "unknown";
  readonly failure: ToldFailure;
}

/** The message gets its full stop: as plain data it stands before other sentences. */
export function toldFailure({ kind, message, status, requestId, retryAfterMs }: ModelError): ToldFailure {
  const sentence = /[.!?…]$/u.test(message) ? message : `${message}.`;
  return { kind, message: sentence, status, requestId, retryAfterMs };
}

/** These may come from something on the way that gave up waiting, after the server had the request. */
const LEAVES_OPEN: ReadonlySet<number> = new Set([408, 409, 425, 499]);

/** Without a connection nothing can have been sent: nobody listens, there is no such host, or it could not be reached in time. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Only a clear answer of the server's says that nothing was created: a status of 400 to 499 that is its own. Everything else may
 * have come after the effect: no answer, one that cannot be read, any status from 500.
 */
function isCertain({ kind, status = 0, networkCode = "" }: ModelError): boolean {
  // Without a key nothing was sent.
  if (kind === "credentials_missing") return true;
  if (status === 0 && NEVER_SENT.has(networkCode)) return true;
  return status >= 400 && status < 500 && !LEAVES_OPEN.has(status);
}

/** The live model's words for it speak of one request. */
function told(error: ModelError): ToldFailure {
  if (error.status !== 413) return toldFailure(error);
  const { kind, provider, model, status, requestId, retryAfterMs } = error;
  const message = "the batch is larger than the provider takes; lower maxRequests or maxBytes";
  return toldFailure(new ModelError({ kind, provider, model, message, status, requestId, retryAfterMs }));
}

/**
 * What the error of a call that creates something tells.
 * @param isHarmless whether the call could have had no effect that matters, so that nothing exists in any case
 */
export function failedCreation(
  error: unknown,
  { provider, model }: FailedCall,
  signal: AbortSignal | undefined,
  isHarmless = false,
): FailedCreation {
  // What is thrown then is the caller's own, and says nothing of the provider.
  const isStopped = signal?.aborted === true;
  if (isStopped || !(error instanceof ModelError)) {
    const message = "the caller stopped the submission before it was answered";
    const stopped = new ModelError({ kind: "connection_lost", provider, model, message });
    return { kind: isHarmless ? "refused" : "unknown", failure: toldFailure(stopped) };
  }
  return { kind: isHarmless || isCertain(error) ? "refused" : "unknown", failure: told(error) };
}
