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
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.since = performance.now();
  }
}
