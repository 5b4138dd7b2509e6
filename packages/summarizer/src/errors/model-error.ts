import { SummarizationError } from "./summarization-error.js";

/** What kind of failure a provider reported; programs decide by it. */
export type ModelErrorKind =
  | "rate_limited"
  | "overloaded"
  | "server_error"
  | "connection_lost"
  | "timed_out"
  | "credentials_missing"
  | "credentials_refused"
  | "permission_denied"
  | "model_not_found"
  | "out_of_credit"
  | "prompt_too_long"
  | "prompt_was_cut"
  | "invalid_request"
  | "malformed_response";

/** Only these can succeed later without a change. */
const RETRYABLE: ReadonlySet<ModelErrorKind> = new Set([
  "rate_limited",
  "overloaded",
  "server_error",
  "connection_lost",
  "timed_out",
]);

export interface ModelErrorDetails {
  readonly kind: ModelErrorKind;
  /** The vendor, for example `"anthropic"`. */
  readonly provider: string;
  readonly model: string;
  /** What went wrong and what to do, in a sentence. Never a key, never content. */
  readonly message: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The provider's id of the request, for its support. */
  readonly requestId?: string | undefined;
  /** The network's own name for what kept the answer away, such as `"ECONNREFUSED"`, where it has one. */
  readonly networkCode?: string | undefined;
  /** How long the provider asks to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The SDK's own error; give it only when it carries no key and no content. */
  readonly cause?: unknown;
}

/** A provider's failure, told the same way for every vendor. Adapters throw it from `generate` and `stream`. */
export class ModelError extends SummarizationError {
  readonly kind: ModelErrorKind;
  readonly provider: string;
  readonly model: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly networkCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(details: ModelErrorDetails) {
    const { kind, provider, model, status, requestId, retryAfterMs } = details;
    const facts = [
      status === undefined ? "" : `status ${status}`,
      requestId === undefined ? "" : `request ${requestId}`,
    ];
    const shown = facts.filter((fact) => fact !== "").join(", ");
    super({
      code: "model_failed",
      message: `${provider} (${model}): ${details.message}${shown === "" ? "" : ` (${shown})`}`,
      isRetryable: RETRYABLE.has(kind),
      context: {
        kind,
        provider,
        model,
        status: status ?? null,
        requestId: requestId ?? null,
        retryAfterMs: retryAfterMs ?? null,
      },
      ...(details.cause === undefined ? {} : { cause: details.cause }),
    });
    this.name = "ModelError";
    this.kind = kind;
    this.provider = provider;
    this.model = model;
    this.status = status;
    this.requestId = requestId;
    this.networkCode = details.networkCode;
    this.retryAfterMs = retryAfterMs;
  }
}
