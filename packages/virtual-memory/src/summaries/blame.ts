import { SummarizationError, type ModelErrorKind } from "@gro/summarizer";

/**
 * What has to change before a summary that failed can be made. `page`: the model or its provider will not have this page; others may
 * well succeed. `provider`: it would have failed with any page. `unknown`: the error does not say.
 */
export type Blame = "page" | "provider" | "unknown";

const KINDS_OF_PAGES: ReadonlySet<unknown> = new Set<ModelErrorKind>(["invalid_request", "prompt_too_long"]);
/** A server that cuts prompts may do so with all of them, or with long ones alone. */
const KINDS_OF_EITHER: ReadonlySet<unknown> = new Set<ModelErrorKind>([
  "malformed_response",
  "prompt_was_cut",
]);
/** HTTP's words for a request that cannot be taken as it is. */
const STATUSES_OF_PAGES: ReadonlySet<unknown> = new Set([400, 413, 414, 422, 451]);

function fieldOf(error: unknown, name: "kind" | "status" | "isRetryable" | "retryAfterMs"): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}

/** What the model has thrown, out of the error of the step. */
function thrownIn(error: unknown): unknown {
  return SummarizationError.isInstance(error) && error.code === "step_failed" ? error.cause : error;
}

/** Models of a host's own throw what they like: their errors are read by shape. */
export function blameOf(error: unknown): Blame {
  const thrown = thrownIn(error);
  if (fieldOf(thrown, "isRetryable") === true) return "provider";
  if (SummarizationError.isInstance(thrown)) {
    if (thrown.code.startsWith("completion_")) return "page";
    // A budget that is used up, a wrong setting, a tokenizer: no page has a part in it.
    if (thrown.code !== "model_failed") return "provider";
  }
  const kind = fieldOf(thrown, "kind");
  if (KINDS_OF_EITHER.has(kind)) return "unknown";
  if (typeof kind === "string") return KINDS_OF_PAGES.has(kind) ? "page" : "provider";
  const status = fieldOf(thrown, "status");
  if (typeof status === "number") return STATUSES_OF_PAGES.has(status) ? "page" : "provider";
  return "unknown";
}

/** How long the provider asks to be left alone, in milliseconds; 0 when it says nothing. */
export function askedToWait(error: unknown): number {
  const delay = fieldOf(thrownIn(error), "retryAfterMs");
  return typeof delay === "number" && delay > 0 ? delay : 0;
}
