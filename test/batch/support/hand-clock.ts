import type { Clock } from "@gro/summarizer";

/** A clock that a test moves, without waiting for anything: for simulations that await themselves what they start. */
export interface HandClock extends Clock {
  advance(milliseconds: number): void;
}

export function handClock(): HandClock {
  const sleepers = new Set<{ readonly wakesAt: number; wake(): void }>();
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper = {
          wakesAt: now + milliseconds,
          wake() {
            sleepers.delete(sleeper);
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    advance(milliseconds) {
      now += milliseconds;
      const due = [...sleepers].filter(({ wakesAt }) => wakesAt <= now);
      for (const sleeper of due.sort((left, right) => left.wakesAt - right.wakesAt)) sleeper.wake();
    },
  };
}
