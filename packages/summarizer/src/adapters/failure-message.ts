import type { ModelErrorKind } from "../errors/model-error.js";

export interface FailureFacts {
  /** The variable that usually holds the key. */
  readonly keyName: string | undefined;
  /** Where the call went. */
  readonly address: string | undefined;
  /** The option that makes a caller ask less at a time, when the rate limit is reached. @default none */
  readonly loadOption?: string | null;
  /** What the answer's status was, in its head or in its body. */
  readonly status?: number | undefined;
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** A network code such as `"ECONNREFUSED"`. */
  readonly networkCode: string | undefined;
  /** What of the provider's words may be shown. */
  readonly quote: string | undefined;
}

/** What went wrong and what to do about it, in a sentence. */
export function failureMessage(kind: ModelErrorKind, facts: FailureFacts): string {
  const { keyName, address, loadOption = null, networkCode, quote, status, retryAfterMs } = facts;
  const wait =
    retryAfterMs === undefined ? "" : `, which the provider wants to be in ${duration(retryAfterMs)}`;
  const key = keyName === undefined ? "the API key" : `the API key (${keyName})`;
  const at = address === undefined ? "" : ` at ${address}`;
  const said = quote === undefined ? "" : `; the provider says: ${quote}`;
  switch (kind) {
    case "rate_limited":
      return `the account's rate limit is reached; ask again later${wait}${loadOption === null ? "" : `, or lower ${loadOption}`}${said}`;
    case "overloaded":
      return `the provider is overloaded or not ready; ask again later${wait}${said}`;
    case "server_error":
      return `the provider failed; ask again later${said}`;
    case "connection_lost":
      return networkCode === "ECONNREFUSED" || networkCode === "ENOTFOUND"
        ? `nothing answers${at} (${networkCode}); is the server running, and is the base URL right?`
        : `the connection${address === undefined ? "" : ` to ${address}`} was lost before the answer was complete${networkCode === undefined ? "" : ` (${networkCode})`}`;
    case "timed_out":
      return `the provider did not answer in time`;
    case "credentials_missing":
      return keyName === undefined
        ? "there is no API key"
        : `there is no API key: pass it as apiKey, for example from the environment variable ${keyName}`;
    case "credentials_refused":
      return `${key} was refused; is it complete, and of this provider?`;
    case "permission_denied":
      if (status === 407) return `the proxy on the way to the provider wants to be logged in to${said}`;
      return `${key} has no permission for this model or this call${said}`;
    case "model_not_found":
      return `there is no such model${at}, or the key has no access to it; check the model's name and the base URL${said}`;
    case "out_of_credit":
      return "the account has no credit left, or has reached its spend limit; see its billing page";
    case "prompt_too_long":
      return `the request is longer than the model takes; lower chunkSize and tokenMax${said}`;
    case "prompt_was_cut":
      return "the server cut the prompt";
    case "invalid_request":
      return `the request was refused as invalid${said}`;
    case "malformed_response":
      return `the answer${at} is not what the API promises; does the base URL lead to it?`;
  }
}

/** `90 s`, `20 min`, `5 h` */
function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
