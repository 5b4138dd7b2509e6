/** The longest stretch of work, in milliseconds, before everything else in the process gets its turn. */
const LONGEST_STRETCH_MS = 12;

/**
 * Keeps the event loop alive. A model or memo that answers at once would otherwise hold it from the first step to the
 * last: no timer, no signal, no socket would be heard in between.
 */
export class Turns {
  private since = performance.now();

  /** Resolves at once, or after a turn of the event loop when the last one is too long ago. */
  async take(): Promise<void> {
    if (performance.now() - this.since < LONGEST_STRETCH_MS) return;
    await turnOfTheLoop();
    this.since = performance.now();
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
