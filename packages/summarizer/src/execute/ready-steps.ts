import type { Step } from "../plan/step.js";

/**
 * Steps that wait for a free place. Which one comes next is decided when a place is free, not when it became ready: merges
 * and shortenings go before chunks, so that a merge starts as soon as its children are there and not after
 * hundreds of chunks that were ready earlier.
 */
export class ReadySteps {
  private readonly urgent = new StepQueue();
  private readonly chunks = new StepQueue();

  add(step: Step): void {
    (step.kind === "map" ? this.chunks : this.urgent).add(step);
  }

  /** Merges and shortenings in the order in which they became ready, then chunks in source order. */
  takeNext(): Step | undefined {
    return this.urgent.take() ?? this.chunks.take();
  }
}

/** First in, first out; a step that was taken is let go, with the text it carries. */
class StepQueue {
  private readonly steps: (Step | undefined)[] = [];
  private next = 0;

  add(step: Step): void {
    this.steps.push(step);
  }

  take(): Step | undefined {
    const step = this.steps[this.next];
    if (step !== undefined) this.steps[this.next++] = undefined;
    return step;
  }
}
