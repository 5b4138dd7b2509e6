import type { Clock } from "@gro/summarizer";

/** The clock of a machine that is wrong against the others. */
export interface ClockOff extends Clock {
  /** By how much it is ahead, in milliseconds; below 0 when it is behind. */
  aheadMs: number;
}

/** A machine's own clock: it tells another time than `clock`, and waits as long. */
export function clockOff(clock: Clock, aheadMs: number): ClockOff {
  const own: ClockOff = {
    aheadMs,
    now: () => clock.now() + own.aheadMs,
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
  };
  return own;
}
