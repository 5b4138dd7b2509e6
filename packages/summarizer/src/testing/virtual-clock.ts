import type { Clock } from "../ports/clock.js";

interface Sleeper {
  readonly wakesAt: number;
  wake(): void;
}

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Sleepers that have not woken yet. */
  readonly sleeping: number;
  /**
   * Moves time on by `milliseconds`, waking sleepers in the order of their times; everything that
   * wakes runs, and may sleep again, before time moves further.
   */
  advance(milliseconds: number): Promise<void>;
}

export interface VirtualClockOptions {
  /** Milliseconds since the epoch at the start. @default 2026-01-01T00:00:00Z */
  readonly startsAt?: number;
  /**
   * Whether time jumps to the next sleeper by itself whenever nothing else is left to run: for simulations in which all
   * waiting is done by this clock. Never with real sockets or files. @default false
   */
  readonly jumps?: boolean;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** In a turn of fewer milliseconds nobody works: who has more to do gives way after a longer stretch only. */
const QUIET_TURN_MS = 8;

/**
 * Lets everything run that waits for nothing but its turn. Until two turns in a row are quiet, because what woke up may itself
 * give way many times, as `summarize` does while it plans a long text.
 */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    const startedAt = performance.now();
    await turn();
    quiet = performance.now() - startedAt < QUIET_TURN_MS ? quiet + 1 : 0;
  }
}

/** Makes a virtual clock. Sleepers with the same time wake in the order in which they fell asleep. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let now = options.startsAt ?? Date.UTC(2026, 0, 1);
  let isJumping = false;

  function next(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (earliest === undefined || sleeper.wakesAt < earliest.wakesAt) earliest = sleeper;
    }
    return earliest;
  }

  function wake(sleeper: Sleeper): void {
    now = Math.max(now, sleeper.wakesAt);
    sleepers.delete(sleeper);
    sleeper.wake();
  }

  async function jump(): Promise<void> {
    if (isJumping) return;
    isJumping = true;
    await settle();
    for (let sleeper = next(); sleeper !== undefined; sleeper = next()) {
      wake(sleeper);
      await settle();
    }
    isJumping = false;
  }

  return {
    now: () => now,
    get sleeping() {
      return sleepers.size;
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          wakesAt: now + Math.max(0, milliseconds),
          wake() {
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
        if (options.jumps === true) void jump();
      }),
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (let sleeper = next(); sleeper !== undefined && sleeper.wakesAt <= until; sleeper = next()) {
        wake(sleeper);
        await settle();
      }
      now = until;
    },
  };
}
