import { reasonOf } from "../errors/reason-of.js";
import type { Rejection, RejectionReason } from "../plan/judge-completion.js";
import { describeStep, type Step, type StepDescription } from "../plan/step.js";
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

/** What the model did, in the error's sentence. */
function explanationOf(reason: RejectionReason, maxOutputTokens: number): string {
  switch (reason) {
    case "empty":
      return "answered with no text";
    case "cut":
      return `used up the output limit of ${maxOutputTokens} tokens before the first word`;
    case "refused":
      return "refused to answer";
    case "degenerate":
      return "answered with a text that only repeats itself or has no words";
    case "malformed":
      return "answered with something that is not a completion";
  }
}

/** What a model may have said with an answer that cannot be used, as far as it can be read. */
interface RejectedAnswer {
  readonly requestId?: unknown;
  readonly finishReason?: unknown;
}

/** The model answered, but with nothing that can be used: an error, never a summary. */
export class CompletionRejectedError extends SummarizationError {
  readonly step: StepDescription;
  readonly reason: RejectionReason;
  /** The provider's id of the call, where the model told it. */
  readonly requestId: string | undefined;

  constructor(
    step: Step,
    modelId: string,
    { reason, detail }: Rejection,
    { requestId, finishReason }: RejectedAnswer = {},
  ) {
    const request = typeof requestId === "string" && requestId !== "" ? requestId : undefined;
    const { maxOutputTokens } = step.request;
    super({
      code: `completion_${reason}`,
      message:
        `${modelId} ${explanationOf(reason, maxOutputTokens)} at the ${place(step)}` +
        `${detail === undefined ? "" : `: ${detail}`}${request === undefined ? "" : ` (request ${request})`}.`,
      context: {
        model: modelId,
        ...contextOf(step),
        requestId: request ?? null,
        finishReason: typeof finishReason === "string" ? finishReason : null,
        maxOutputTokens,
      },
    });
    this.name = "CompletionRejectedError";
    this.step = describeStep(step);
    this.reason = reason;
    this.requestId = request;
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

/** A custom model's stream brought something else than its port promises. */
export class UnknownStreamPartError extends SummarizationError {
  constructor() {
    super({
      code: "stream_broken",
      message:
        'The model\'s stream brought a part that is neither { kind: "text", text } nor { kind: "completion", completion }.',
    });
    this.name = "UnknownStreamPartError";
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
