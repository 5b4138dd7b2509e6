import pRetry, { type RetryContext } from "p-retry";
import { CallTimeoutError, isRetryableError } from "./step-error.js";
import type { Completion, CompletionRequest } from "../plan/completion.js";
import type { Clock } from "../ports/clock.js";
import type { LanguageModel } from "../ports/language-model.js";
import type { RetryPolicy } from "../ports/retry-policy.js";

export interface CallSettings {
  readonly model: LanguageModel;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** The longest that one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** How a caller watches and stops one call. */
export interface CallControl {
  /** Stops the call at once: the caller wants no answer. */
  readonly signal: AbortSignal;
  /** Stops further attempts, but lets one under way come to its end: its answer is paid for. */
  readonly lastAttempt: AbortSignal;
  onRetry(attempt: number, afterMs: number, error: unknown): void;
}

/** One attempt: the model's answer, or the timeout's or the caller's reason, whichever comes first. */
async function attemptOnce(
  request: CompletionRequest,
  settings: CallSettings,
  signal: AbortSignal,
): Promise<Completion> {
  const { model, clock, timeoutMs } = settings;
  signal.throwIfAborted();
  const call = new AbortController();
  const timer = new AbortController();
  const stop = () => {
    call.abort(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const stopped = new Promise<never>((_, reject) => {
      call.signal.addEventListener("abort", () => reject(call.signal.reason), { once: true });
    });
    clock.sleep(timeoutMs, timer.signal).then(
      () => call.abort(new CallTimeoutError(timeoutMs)),
      () => undefined,
    );
    return await Promise.race([model.generate({ ...request, signal: call.signal }), stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
    timer.abort();
  }
}

/** An attempt that failed, with whatever the model threw: p-retry itself takes only errors, and some it never repeats. */
class FailedAttempt extends Error {
  constructor(readonly reason: unknown) {
    super("The attempt failed", { cause: reason });
  }
}

function reasonOf(error: unknown): unknown {
  return error instanceof FailedAttempt ? error.reason : error;
}

/** Calls the model until it answers or the policy gives up; rejects with the last error, or with the signal's reason. */
export async function callModel(
  request: CompletionRequest,
  settings: CallSettings,
  control: CallControl,
): Promise<Completion> {
  const attempt = async () => {
    try {
      return await attemptOnce(request, settings, control.signal);
    } catch (error) {
      throw new FailedAttempt(error);
    }
  };
  const shouldRetry = async ({ error, attemptNumber }: RetryContext): Promise<boolean> => {
    const reason = reasonOf(error);
    if (!isRetryableError(reason) || control.signal.aborted || control.lastAttempt.aborted) return false;
    const decision = settings.retry.decide(reason, attemptNumber);
    if (decision.kind === "give-up") return false;
    control.onRetry(attemptNumber, decision.afterMs, reason);
    return settings.clock.sleep(decision.afterMs, control.lastAttempt).then(
      () => true,
      () => false,
    );
  };
  try {
    // p-retry's own waits are off: `shouldRetry` waits by the run's clock.
    return await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      maxTimeout: 0,
      shouldRetry,
    });
  } catch (error) {
    throw reasonOf(error);
  }
}
