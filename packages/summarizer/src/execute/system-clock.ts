import type { Clock } from "../ports/clock.js";

/** The clock of the machine. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const stop = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stop);
          resolve();
        }, milliseconds);
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
}
