import type { StepDescription } from "../plan/step.js";
import type { CompletionUsage } from "../plan/completion.js";

/** Where a run stands. Every node of the tree counts once; a summary that needs shortening counts once more. */
export interface ProgressCounts {
  readonly stepsStarted: number;
  readonly stepsDone: number;
  /** Steps known so far. Grows when a summary has to be shortened, shrinks when one needs no call. */
  readonly stepsExpected: number;
}

export interface PlannedEvent {
  readonly inputTokens: number;
  readonly targetTokens: number;
  /** 0 when the content stands as it is. */
  readonly chunks: number;
  readonly merges: number;
  /** The most model calls that this run can make, retries aside. */
  readonly maxCalls: number;
}

export interface StepStartedEvent {
  readonly step: StepDescription;
  readonly counts: ProgressCounts;
}

export interface StepRetriedEvent {
  readonly step: StepDescription;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly afterMs: number;
  readonly error: unknown;
}

export interface StepDoneEvent {
  readonly step: StepDescription;
  /** Whether the model was asked or the memo knew. */
  readonly source: "model" | "memo";
  readonly usage: CompletionUsage;
  readonly counts: ProgressCounts;
}

export interface FinishedEvent {
  readonly counts: ProgressCounts;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The events of a run by name. Always `planned` first and, when the run succeeds, `finished` last. */
export interface SummaryEventMap {
  planned: [event: PlannedEvent];
  stepStarted: [event: StepStartedEvent];
  stepRetried: [event: StepRetriedEvent];
  stepDone: [event: StepDoneEvent];
  finished: [event: FinishedEvent];
}

/** Where events go: an eventemitter3 of `summaryEvents()`, Node's EventEmitter, or anything with `emit`. */
export interface SummaryEventSink {
  emit<Name extends keyof SummaryEventMap>(name: Name, ...event: SummaryEventMap[Name]): unknown;
}
