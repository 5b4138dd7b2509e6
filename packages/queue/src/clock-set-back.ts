/** Clocks of machines that share a store may differ by so much without anything being wrong. */
const TOLERANCE_MS = 60_000;

/**
 * Whether a lease or a delay was begun by a clock that was ahead and has been set right since: it began further in the future than it
 * lasts. Nobody waits for such a one, as it might take days. A clock that is set back by less only makes the wait longer, at most by
 * as much again, or by a minute.
 *
 * @param beganAt milliseconds since the epoch, as are the others
 * @param endsAt when it is over
 */
export function isFromAhead(beganAt: number, endsAt: number, now: number): boolean {
  return beganAt - now > Math.max(endsAt - beganAt, TOLERANCE_MS);
}

/** Whether any may be, as nothing began after `latestBeganAt`. */
export function mayBeFromAhead(latestBeganAt: number, now: number): boolean {
  return latestBeganAt - now > TOLERANCE_MS;
}
