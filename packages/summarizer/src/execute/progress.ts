import { reasonOf } from "../errors/reason-of.js";
import type { Completion } from "../plan/completion.js";
import { describeStep, type Step } from "../plan/step.js";
import type { SummaryTree } from "../plan/tree/summary-tree.js";
import type { Warning } from "../plan/warning.js";
import type {
  PlannedEvent,
  ProgressCounts,
  SummaryEventMap,
  SummaryEventSink,
} from "../ports/summary-events.js";
import { NO_USAGE, withCall, type SummaryUsage } from "./usage.js";

/** Keeps count of a run and tells those who listen. A listener that throws never harms a run that costs money. */
export class Progress {
  private started = 0;
  private done = 0;
  private kept = 0;
  private expected = 0;
  private spent: SummaryUsage = NO_USAGE;
  private readonly noted = new Map<Warning["code"], Warning>();

  constructor(private readonly sink: SummaryEventSink | undefined) {}

  get usage(): SummaryUsage {
    return this.spent;
  }

  /** Completions that the memo had or was given. */
  get stepsInMemo(): number {
    return this.kept;
  }

  get warnings(): readonly Warning[] {
    return [...this.noted.values()];
  }

  private get counts(): ProgressCounts {
    return {
      stepsStarted: this.started,
      stepsDone: this.done,
      stepsExpected: Math.max(this.expected, this.started),
    };
  }

  planned(event: Omit<PlannedEvent, "chunks" | "merges">, tree: SummaryTree | undefined): void {
    const nodes = tree?.nodes ?? [];
    const chunks = nodes.filter(({ kind }) => kind === "chunk").length;
    this.expected = nodes.length;
    this.emit("planned", { ...event, chunks, merges: nodes.length - chunks });
  }

  stepStarted(step: Step): void {
    this.started += 1;
    if (step.kind === "shorten") this.expected += 1;
    this.emit("stepStarted", { step: describeStep(step), counts: this.counts });
  }

  /** A step was too long for the model: two shorter ones stand in for it. */
  stepSplit(): void {
    this.expected += 2;
    this.warn({
      code: "steps_split",
      message: "Some requests were too long for the model and were divided into shorter ones.",
    });
  }

  stepRetried(step: Step, attempt: number, afterMs: number, error: unknown): void {
    this.emit("stepRetried", { step: describeStep(step), attempt, afterMs, error });
  }

  /** @param isKept whether the memo has it now */
  stepDone(step: Step, source: "model" | "memo", completion: Completion, isKept = true): void {
    this.done += 1;
    if (isKept) this.kept += 1;
    if (source === "memo") this.spent = { ...this.spent, memoHits: this.spent.memoHits + 1 };
    this.emit("stepDone", { step: describeStep(step), source, usage: completion.usage, counts: this.counts });
  }

  callPaid(completion: Completion | undefined): void {
    this.spent = withCall(this.spent, completion);
  }

  finished(inputTokens: number, outputTokens: number): void {
    // Nodes that needed no call are done as well.
    this.expected = this.done;
    this.emit("finished", { counts: this.counts, inputTokens, outputTokens });
  }

  memoWriteFailed(error: unknown): void {
    const reason = reasonOf(error);
    this.warn({
      code: "memo_write_failed",
      message: `The memo did not store a completion, so a later run will pay for it again: ${reason}`,
    });
  }

  /** Keeps the first warning of a kind. */
  warn(warning: Warning): void {
    if (!this.noted.has(warning.code)) this.noted.set(warning.code, warning);
  }

  private emit<Name extends keyof SummaryEventMap>(name: Name, ...event: SummaryEventMap[Name]): void {
    const failed = (error: unknown) => {
      this.warn({
        code: "event_listener_failed",
        message: `A listener of ${name} failed: ${reasonOf(error)}`,
      });
    };
    try {
      const told: unknown = this.sink?.emit(name, ...event);
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
