import { reasonOf } from "./reason-of.js";
import { SummarizationError } from "./summarization-error.js";

/** The store of a conversation's summary has failed; its own error is the `cause`. Nothing was changed that it did not change itself. */
export class RecordStoreFailedError extends SummarizationError {
  constructor(id: string, action: "read" | "stored", cause: unknown) {
    super({
      code: "record_store_failed",
      message: `The record ${id} could not be ${action}: ${reasonOf(cause)}`,
      isRetryable:
        typeof cause === "object" && cause !== null && "isRetryable" in cause && cause.isRetryable === true,
      context: { id, action },
      cause,
    });
    this.name = "RecordStoreFailedError";
  }
}

/** Others have replaced the summary again and again while this update was made. The same call may succeed later. */
export class RecordConflictError extends SummarizationError {
  constructor(id: string, attempts: number) {
    super({
      code: "record_conflict",
      message: `The record ${id} was replaced by others ${attempts} times while it was being updated. Nothing was stored.`,
      isRetryable: true,
      context: { id, attempts },
    });
    this.name = "RecordConflictError";
  }
}
