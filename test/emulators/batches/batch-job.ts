import type { BatchedRequest } from "./settings.js";

/** What has become of a request. A line of results is kept as text. */
export interface RequestOutcome {
  readonly kind: "succeeded" | "errored" | "canceled" | "expired";
  readonly line: string;
}

/** Does the work of one request, and bills it when it succeeds. */
export type DoRequest = (request: BatchedRequest) => RequestOutcome;

/** Tells of a request that was not done when its batch ended. */
export type LeaveRequest = (request: BatchedRequest, kind: "canceled" | "expired") => RequestOutcome;

/*
 *   validating ──valid──▶ in_progress ──all done, or time is up──▶ finalizing ──▶ ended
 *       └─invalid─▶ failed        └─cancelled─▶ canceling ──▶ ended
 *
 * Anthropic knows only in_progress, canceling and ended.
 */
export type Stage = "validating" | "in_progress" | "finalizing" | "canceling" | "ended" | "failed";
export type Ending = "completed" | "canceled" | "expired";

export interface JobFailure {
  readonly code: string;
  readonly words: string;
  readonly line: number | null;
}

/** One batch, whoever's API it is told through. */
export class BatchJob {
  stage: Stage;
  ending: Ending = "completed";
  failure: JobFailure | undefined;
  cancelAt: number | undefined;
  endedAt: number | undefined;
  /** How often it has been asked about. */
  looks = 0;
  isVanished = false;
  readonly outcomes: RequestOutcome[] = [];

  constructor(
    readonly id: string,
    readonly createdAt: number,
    /** Whatever an API keeps with a batch. */
    readonly facts: Readonly<Record<string, unknown>>,
    readonly requests: readonly BatchedRequest[],
    private readonly work: { readonly done: DoRequest; readonly left: LeaveRequest },
    /** Whether it is validated after its creation and its files are made ready at its end, as at OpenAI. */
    readonly hasStages: boolean,
  ) {
    this.stage = hasStages ? "validating" : "in_progress";
  }

  get isOver(): boolean {
    return this.stage === "ended" || this.stage === "failed";
  }

  get customIds(): readonly string[] {
    return this.requests.map(({ customId }) => customId);
  }

  count(kind: RequestOutcome["kind"]): number {
    return this.outcomes.filter((outcome) => outcome.kind === kind).length;
  }

  /** Does the next requests. */
  process(count: number): void {
    const end = Math.min(this.requests.length, this.outcomes.length + count);
    for (const request of this.requests.slice(this.outcomes.length, end)) {
      this.outcomes.push(this.work.done(request));
    }
  }

  fail(failure: JobFailure, now: number): void {
    this.failure = failure;
    this.stage = "failed";
    this.endedAt = now;
  }

  /** What is done keeps its results; the rest is left undone when the batch ends for another reason than being complete. */
  end(ending: Ending, now: number): void {
    if (this.isOver) return;
    if (ending === "completed") this.process(Infinity);
    else {
      for (const request of this.requests.slice(this.outcomes.length)) {
        this.outcomes.push(this.work.left(request, ending));
      }
    }
    this.ending = ending;
    this.stage = "ended";
    this.endedAt = now;
  }

  cancel(now: number): void {
    this.stage = "canceling";
    this.cancelAt = now;
  }
}
