import type { Clock } from "@gro/summarizer";

/** When a worker has to look again: the moments that it has set itself, and calls from outside. */
export class Schedule {
  private readonly moments = new Set<number>();
  private isNudged = false;
  private readonly sleepers = new Set<AbortController>();

  constructor(private readonly clock: Clock) {}

  /** Something is due after `delayMs`. What is due at once, the tick that is under way sees to. */
  noteIn(delayMs: number): void {
    if (delayMs > 0) this.moments.add(this.clock.now() + delayMs);
  }

  /** Something is due now: who sleeps, wakes. */
  nudge(): void {
    this.isNudged = true;
    for (const sleeper of this.sleepers) sleeper.abort();
  }

  /** Forgets what is due by now: it is about to be looked at. */
  begin(): void {
    this.isNudged = false;
    const now = this.clock.now();
    for (const moment of this.moments) if (moment <= now) this.moments.delete(moment);
  }

  /** Sleeps until the next moment, a nudge or the signal, at most `atMostMs`. Never rejects. */
  async sleep(atMostMs: number, signal: AbortSignal): Promise<void> {
    if (this.isNudged || signal.aborted) return;
    const sleeper = new AbortController();
    this.sleepers.add(sleeper);
    const stop = () => sleeper.abort();
    signal.addEventListener("abort", stop, { once: true });
    const now = this.clock.now();
    let until = now + atMostMs;
    for (const moment of this.moments) until = Math.min(until, moment);
    try {
      await this.clock.sleep(Math.max(0, until - now), sleeper.signal);
    } catch {
      // A nudge or the signal.
    } finally {
      signal.removeEventListener("abort", stop);
      this.sleepers.delete(sleeper);
    }
  }
}
