import { FinalText, type FinalTextEvent } from "./execute/final-text.js";
import { runSummary } from "./execute/run-summary.js";
import type { SummarizeOptions } from "./options/summarize-options.js";
import type {
  PlannedEvent,
  StepDoneEvent,
  SummaryEventMap,
  SummaryEventSink,
} from "./ports/summary-events.js";
import type { SummaryResult } from "./summary-result.js";

/**
 * What a stream tells. The deltas since the last reset, joined, are the beginning of the summary as far as it
 * stands; a reset comes when a draft had to be shortened or trimmed, or a call was made again. `result` is last.
 */
export type SummaryStreamEvent =
  | ({ readonly kind: "planned" } & PlannedEvent)
  | ({ readonly kind: "chunkSummarized" | "mergeDone" | "summaryShortened" } & StepDoneEvent)
  | FinalTextEvent
  | { readonly kind: "result"; readonly result: SummaryResult };

const KIND_OF_STEP = { map: "chunkSummarized", merge: "mergeDone", shorten: "summaryShortened" } as const;

/** Events that were told and not yet taken, and the end of them. */
class EventQueue {
  private readonly events: SummaryStreamEvent[] = [];
  private wake: (() => void) | undefined;
  private isClosed = false;

  put(event: SummaryStreamEvent): void {
    this.events.push(event);
    this.wake?.();
  }

  close(): void {
    this.isClosed = true;
    this.wake?.();
  }

  async *take(): AsyncGenerator<SummaryStreamEvent, void, void> {
    for (;;) {
      const event = this.events.shift();
      if (event !== undefined) yield event;
      else if (this.isClosed) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/** Turns a run's events into the stream's, and passes them on to the caller's own sink. */
function listen(queue: EventQueue, sink: SummaryEventSink | undefined): SummaryEventSink {
  return {
    emit<Name extends keyof SummaryEventMap>(name: Name, ...event: SummaryEventMap[Name]) {
      const [told]: readonly object[] = event;
      if (name === "planned") queue.put({ kind: "planned", ...(told as PlannedEvent) });
      if (name === "stepDone") {
        const done = told as StepDoneEvent;
        queue.put({ kind: KIND_OF_STEP[done.step.kind], ...done });
      }
      return sink?.emit(name, ...event);
    },
  };
}

/** A stream of events, for `for await` and for whoever takes them one by one. */
export interface SummaryStream extends AsyncIterableIterator<SummaryStreamEvent> {
  /** Stops the run at once, also while `next()` is pending; resolves when it has stopped. */
  return(): Promise<IteratorResult<SummaryStreamEvent>>;
}

/** Runs the summary and hands its events on. Ends quietly, whatever the run does, once the consumer has stopped. */
async function* tell(
  content: string,
  options: SummarizeOptions,
  consumer: AbortSignal,
): AsyncGenerator<SummaryStreamEvent, void, void> {
  const queue = new EventQueue();
  const stopped = new AbortController();
  const signal = options?.signal;
  const stop = () => stopped.abort(signal?.aborted === true ? signal.reason : consumer.reason);
  if (signal?.aborted === true || consumer.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  consumer.addEventListener("abort", stop, { once: true });

  const finalText = new FinalText((event) => queue.put(event));
  const run = runSummary(
    content,
    { ...options, events: listen(queue, options?.events), signal: stopped.signal },
    finalText,
  ).finally(() => queue.close());
  // The iteration below reports the failure; until it does, the rejection is not unhandled.
  run.catch(() => undefined);
  try {
    yield* queue.take();
    const result = await run;
    yield { kind: "result", result };
  } catch (error) {
    if (!consumer.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    stopped.abort(new Error("The consumer of the stream stopped"));
  }
}

/**
 * Summarizes like `summarize` and tells about it on the way: what is planned, each summary of a chunk and each merge, and the
 * text of the result as the model writes it, where the model can stream.
 *
 * A consumer that stops early (`break`, `return()`, also while it waits for the next event) stops the run: calls under way are
 * cancelled. Errors come out of the iteration, the same that `summarize` rejects with. Nothing starts before the iteration does.
 */
export function streamSummary(content: string, options: SummarizeOptions): SummaryStream {
  const consumer = new AbortController();
  const events = tell(content, options, consumer.signal);
  const stop = () => consumer.abort(new Error("The consumer of the stream stopped"));
  // A generator's own return() would wait until the pending next() is over, and the calls with it.
  return {
    next: () => events.next(),
    return() {
      stop();
      return events.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
