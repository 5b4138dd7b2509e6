import type { Readable } from "node:stream";

/** The reason why a run was ended: standard input has. */
export class InputEnded extends Error {
  constructor() {
    super("standard input has ended");
    this.name = "InputEnded";
  }
}

/**
 * Aborts when a stream ends, or breaks, whatever comes on it. A program that starts this one holds the other end: when it is gone, the
 * system closes that, and needs no word from anybody.
 */
export function abortsAtEndOf(stdin: Readable, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort(new InputEnded());
  if (stdin.readableEnded || stdin.destroyed) end();
  for (const name of ["end", "close", "error"]) stdin.once(name, end);
  stdin.resume();
  // Nothing more is waited for: it must not keep the process alive.
  stopping.addEventListener("abort", () => stdin.destroy(), { once: true });
  return controller.signal;
}
