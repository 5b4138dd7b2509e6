import type { Death } from "./restart-policy.js";

/** An event of the worker as `gro-summarizer worker --json` prints it: `event` is its name, `at` its time; never content, never a key. */
export interface WorkerLine extends Readonly<Record<string, unknown>> {
  readonly event: string;
  readonly at: string;
}

/** What a worker's process tells its host. */
export interface WorkerProcessEvents {
  started: [{ readonly pid: number }];
  /** What the worker does. */
  worker: [WorkerLine];
  /** A line of its standard error: troubles, for people. */
  said: [{ readonly text: string }];
  /** It has ended without being asked to. `restartInMs` is `null` when it is not started again. */
  died: [Death & { readonly restartInMs: number | null }];
  gaveUp: [{ readonly reason: string }];
  stopped: [];
}

/** How it came to an end. */
export type WorkerProcessEnd =
  { readonly kind: "stopped" } | { readonly kind: "gave-up"; readonly reason: string };
