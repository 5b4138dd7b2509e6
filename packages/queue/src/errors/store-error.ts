/** Stable names for what can go wrong with a store; programs decide by these, not by messages. */
export type StoreErrorCode =
  | "invalid_page_id"
  | "invalid_item"
  | "page_unreadable"
  | "queue_file_unreadable"
  | "queue_file_without_pages"
  | "store_failed"
  | "store_corrupt"
  | "store_newer_version"
  | "store_closed";

export interface StoreErrorDetails {
  readonly code: StoreErrorCode;
  /** What went wrong and what to do, in a sentence. Never content. */
  readonly message: string;
  /** @default false */
  readonly isRetryable?: boolean;
  /** Facts, safe to log: file names, offsets, ids. */
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
  readonly cause?: unknown;
}

/** Survives two installed copies of this package, where `instanceof` does not. */
const MARKER = Symbol.for("@gro/queue/StoreError");

/** The base of every error that a store throws on purpose. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly isRetryable: boolean;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;

  constructor(details: StoreErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.isRetryable = details.isRetryable ?? false;
    this.context = details.context ?? {};
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether `value` is a `StoreError` of this or another copy of the package. */
  static isInstance(value: unknown): value is StoreError {
    return typeof value === "object" && value !== null && MARKER in value;
  }
}
