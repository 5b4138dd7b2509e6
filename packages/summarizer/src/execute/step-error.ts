import { reasonOf } from "../errors/reason-of.js";
import type { RejectionReason } from "../plan/judge-completion.js";
import { describeStep, type StepDescription } from "../plan/step.js";
import { SummarizationError } from "../errors/summarization-error.js";

/** What the step was, in an error's context. */
function contextOf(step: StepDescription) {
  return {
    stepKey: step.key,
    stepKind: step.kind,
    level: step.level,
    spanStart: step.span.start,
    spanEnd: step.span.end,
  };
}

function place(step: StepDescription): string {
  return `${step.kind} step ${step.key.slice(0, 8)} (level ${step.level}, characters ${step.span.start}–${step.span.end})`;
}

/** The model, the memo or the network threw. The original error is the `cause`. */
export class StepFailedError extends SummarizationError {
  readonly step: StepDescription;

  constructor(step: StepDescription, modelId: string, cause: unknown) {
    const reason = reasonOf(cause);
    super({
      code: "step_failed",
      message: `${modelId} failed at the ${place(step)}: ${reason}`,
      isRetryable: isRetryableError(cause),
      context: { model: modelId, ...contextOf(step) },
      cause,
    });
    this.name = "StepFailedError";
    this.step = describeStep(step);
  }
}

const EXPLANATIONS: Record<RejectionReason, string> = {
  empty: "answered with no text",
  refused: "refused to answer",
  degenerate: "answered with a text that only repeats itself or has no words",
  malformed: "answered with something that is not a completion",
};

/** The model answered, but with nothing that can be used: an error, never a summary. */
export class CompletionRejectedError extends SummarizationError {
  readonly step: StepDescription;
  readonly reason: RejectionReason;

  constructor(step: StepDescription, modelId: string, reason: RejectionReason, detail?: string) {
    super({
      code: `completion_${reason}`,
      message: `${modelId} ${EXPLANATIONS[reason]} at the ${place(step)}${detail === undefined ? "" : `: ${detail}`}.`,
      context: { model: modelId, ...contextOf(step) },
    });
    this.name = "CompletionRejectedError";
    this.step = describeStep(step);
    this.reason = reason;
  }
}

/** One call took longer than `timeoutMs`. */
export class CallTimeoutError extends SummarizationError {
  constructor(timeoutMs: number) {
    super({
      code: "call_timeout",
      message: `The model did not answer within ${timeoutMs} ms (option timeoutMs).`,
      isRetryable: true,
      context: { timeoutMs },
    });
    this.name = "CallTimeoutError";
  }
}

/** A model's stream ended without its completion: the connection broke, or the model breaks the port's rules. */
export class BrokenStreamError extends SummarizationError {
  constructor() {
    super({
      code: "stream_broken",
      message: "The model's stream ended before the completion.",
      isRetryable: true,
    });
    this.name = "BrokenStreamError";
  }
}

/** Whether a provider said that the request is too long for the model. */
export function isPromptTooLong(error: unknown): boolean {
  return typeof error === "object" && error !== null && "kind" in error && error.kind === "prompt_too_long";
}

/** Errors of any origin say by `isRetryable: true` that the same call may succeed later. */
export function isRetryableError(error: unknown): boolean {
  return typeof error === "object" && error !== null && "isRetryable" in error && error.isRetryable === true;
}
