import type { Clock } from "../../ports/clock.js";

/** How long a call may take, and who else may stop it. */
export interface TimeLimit {
  readonly clock: Clock;
  readonly milliseconds: number;
  /** What to throw when the time is up. */
  readonly timedOut: () => unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a call and waits for it no longer than the limit says. The signal that it is given is aborted when the time is up, or the
 * caller's signal aborts; the promise rejects then at once, even if the call pays no heed.
 */
export async function callWithin<Answer>(
  { clock, milliseconds, timedOut, signal }: TimeLimit,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const over = new AbortController();
  const timeUp = clock.sleep(milliseconds, over.signal).then(() => {
    throw timedOut();
  });
  const stopped = new Promise<never>((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([call(controller.signal), timeUp, stopped]);
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    over.abort();
  }
}
