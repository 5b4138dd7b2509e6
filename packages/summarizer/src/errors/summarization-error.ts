/** Stable names for what can go wrong; programs decide by these, not by messages. */
export type SummarizationErrorCode =
  | "invalid_option"
  | "invalid_content"
  | "model_failed"
  | "step_failed"
  | "completion_empty"
  | "completion_cut"
  | "completion_refused"
  | "completion_degenerate"
  | "completion_malformed"
  | "call_timeout"
  | "stream_broken"
  | "budget_exceeded"
  | "tokenizer_not_loaded"
  | "tokenizer_failed"
  | "record_store_failed"
  | "record_conflict";

/** Facts about an error, safe to log: never content, never a key. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | null>>;

export interface SummarizationErrorDetails {
  readonly code: SummarizationErrorCode;
  readonly message: string;
  readonly isRetryable?: boolean;
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

/** Survives two installed copies of this package, where `instanceof` does not. */
const MARKER = Symbol.for("@gro/summarizer/SummarizationError");

/** The base of every error that this library throws on purpose. */
export class SummarizationError extends Error {
  readonly code: SummarizationErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly isRetryable: boolean;
  readonly context: ErrorContext;

  constructor(details: SummarizationErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.isRetryable = details.isRetryable ?? false;
    this.context = details.context ?? {};
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether `value` is a `SummarizationError` of this or another copy of the package. */
  static isInstance(value: unknown): value is SummarizationError {
    return typeof value === "object" && value !== null && MARKER in value;
  }
}
