import { summaryEvents, type Clock, type SummaryEventSink } from "@gro/summarizer";
import { duration, grouped } from "./figures.js";
import type { MessageOutput } from "./message-output.js";

/** Often enough to look alive, seldom enough to cost nothing. */
const LEAST_BETWEEN_PAINTS_MS = 100;

/** So that the seconds go on while a model thinks. */
const TICK_MS = 1000;

export interface ProgressLine {
  readonly events: SummaryEventSink;
  /** Milliseconds since the beginning. */
  elapsed(): number;
  /** Takes the line away. */
  stop(): void;
}

/** Shows on a terminal where a run stands, on one line; does nothing where nobody watches. */
export function showProgress(output: MessageOutput, clock: Clock): ProgressLine {
  const startedAt = clock.now();
  const elapsed = () => clock.now() - startedAt;
  const stopped = new AbortController();
  const events = summaryEvents();
  let steps = "counting tokens";
  let tokens = "";
  let paintedAt = Number.NEGATIVE_INFINITY;

  const paint = () => {
    if (stopped.signal.aborted) return;
    paintedAt = clock.now();
    output.paint(`${steps}${tokens}, ${duration(elapsed())}`);
  };
  const paintSometimes = () => {
    if (clock.now() - paintedAt >= LEAST_BETWEEN_PAINTS_MS) paint();
  };
  const tick = async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(TICK_MS, stopped.signal);
      paint();
    }
  };

  if (output.isWatched) {
    events.on("planned", ({ inputTokens, chunks, merges }) => {
      steps = `0/${grouped(chunks + merges)} steps`;
      tokens = `, ${grouped(inputTokens)} tokens in`;
      paint();
    });
    events.on("stepDone", ({ counts }) => {
      steps = `${grouped(counts.stepsDone)}/${grouped(counts.stepsExpected)} steps`;
      paintSometimes();
    });
    paint();
    // Ends by the abort of `stop`, which is no error.
    tick().catch(() => undefined);
  }
  return {
    events,
    elapsed,
    stop() {
      stopped.abort();
      output.clear();
    },
  };
}
