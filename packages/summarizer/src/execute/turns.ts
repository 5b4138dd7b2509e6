import type { InParts } from "../plan/in-parts.js";

/** The longest stretch of work, in milliseconds, before everything else in the process gets its turn. */
const LONGEST_STRETCH_MS = 12;

/**
 * Keeps the event loop alive. Planning a long text, or a model or memo that answers at once, would otherwise hold it from the
 * first step to the last: no timer, no signal, no socket would be heard in between.
 *
 * One for all that a run does side by side. Runs of their own do not know of each other: each may take a stretch in every turn.
 */
export class Turns {
  private since = performance.now();
  private next: Promise<void> | undefined;

  private get isDue(): boolean {
    return performance.now() - this.since >= LONGEST_STRETCH_MS;
  }

  /**
   * Resolves at once, or after a turn of the event loop when the last one is too long ago. Whoever waits for the same turn shares
   * the stretch after it: those who come too late in it wait for the next.
   */
  async take(): Promise<void> {
    while (this.isDue) {
      this.next ??= turnOfTheLoop().then(() => {
        this.since = performance.now();
        this.next = undefined;
      });
      await this.next;
    }
  }

  /**
   * Does the work with as many turns in between as it takes.
   * @throws what the work throws, and the signal's reason as soon as a turn finds it aborted
   */
  async drive<Outcome>(work: InParts<Outcome>, signal?: AbortSignal): Promise<Outcome> {
    for (;;) {
      const part = work.next();
      if (part.done === true) return part.value;
      if (!this.isDue) continue;
      await this.take();
      signal?.throwIfAborted();
    }
  }
}

/**
 * One turn of the event loop. A timer would not do: calls that compute for longer than it waits have the next timer due when
 * they end, and Node runs due timers on and on before it looks at anything else.
 */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => {
    // Some edge workers have none; there a timer is all there is.
    if (typeof MessageChannel === "undefined") {
      setTimeout(resolve, 0);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
