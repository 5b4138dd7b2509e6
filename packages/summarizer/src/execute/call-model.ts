import pRetry, { type RetryContext } from "p-retry";
import type { Reservation } from "./budget.js";
import {
  BrokenStreamError,
  CallTimeoutError,
  isRetryableError,
  UnknownStreamPartError,
} from "./step-error.js";
import type { Completion, CompletionRequest } from "../plan/completion.js";
import type { Clock } from "../ports/clock.js";
import type { GenerateRequest, LanguageModel, StreamPart } from "../ports/language-model.js";
import type { RetryDecision, RetryPolicy } from "../ports/retry-policy.js";

export interface CallSettings {
  readonly model: LanguageModel;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** The longest that one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** How a caller watches and stops one call. */
export interface CallControl {
  /** Called before each attempt, and may refuse it; what it gives is told how the attempt ended. */
  reserve(): Promise<Reservation>;
  /** Hears the answer piece by piece, where the model can stream; from the start again after a failed attempt. */
  readonly onText?: ((text: string) => void) | undefined;
  /** Called before each attempt whose text is listened to. */
  readonly onAttempt?: (() => void) | undefined;
  /** Stops the call at once: the caller wants no answer. */
  readonly signal: AbortSignal;
  /** Stops further attempts, but lets one under way come to its end: its answer is paid for. */
  readonly lastAttempt: AbortSignal;
  onRetry(attempt: number, afterMs: number, error: unknown): void;
}

/** The completion at the end of a stream, its texts told on the way. */
async function consume(
  parts: AsyncIterable<StreamPart>,
  onText: (text: string) => void,
): Promise<Completion> {
  for await (const part of parts) {
    if (part?.kind === "completion") return part.completion;
    if (part?.kind !== "text" || typeof part.text !== "string") throw new UnknownStreamPartError();
    onText(part.text);
  }
  throw new BrokenStreamError();
}

function answer(
  model: LanguageModel,
  request: GenerateRequest,
  onText: CallControl["onText"],
): Promise<Completion> {
  return onText === undefined || model.stream === undefined
    ? model.generate(request)
    : consume(model.stream(request), onText);
}

/** One attempt: the model's answer, or the timeout's or the caller's reason, whichever comes first. */
async function attemptOnce(
  request: CompletionRequest,
  settings: CallSettings,
  { signal, onText }: CallControl,
): Promise<Completion> {
  const { model, clock, timeoutMs } = settings;
  signal.throwIfAborted();
  const call = new AbortController();
  const timer = new AbortController();
  // A model that does not mind its signal may go on streaming when its time is over.
  const heard = onText && ((text: string) => call.signal.aborted || onText(text));
  const stop = () => {
    call.abort(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const stopped = new Promise<never>((_, reject) => {
      call.signal.addEventListener("abort", () => reject(call.signal.reason), { once: true });
    });
    // Whoever throws before the race below begins must not leave this rejection unheard.
    stopped.catch(() => undefined);
    clock.sleep(timeoutMs, timer.signal).then(
      () => call.abort(new CallTimeoutError(timeoutMs)),
      () => undefined,
    );
    return await Promise.race([answer(model, { ...request, signal: call.signal }, heard), stopped]);
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

/** Request timeout, gateway timeout: what stands between gave up, and the provider may have done the work. */
const GAVE_UP_WAITING: ReadonlySet<number> = new Set([408, 504]);

/** Whether the provider answered that it did not do the work, so that nothing was billed. */
function wasRefused(error: unknown): boolean {
  const isObject = typeof error === "object" && error !== null;
  const status: unknown = isObject && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && !GAVE_UP_WAITING.has(status);
}

function reasonOf(error: unknown): unknown {
  return error instanceof FailedAttempt ? error.reason : error;
}

/** A policy that fails decides nothing: the model's own error is what the caller must see. */
function decide(retry: RetryPolicy, reason: unknown, attempt: number): RetryDecision | undefined {
  try {
    return retry.decide(reason, attempt);
  } catch {
    return undefined;
  }
}

/** Calls the model until it answers or the policy gives up; rejects with the last error, or with the signal's reason. */
export async function callModel(
  request: CompletionRequest,
  settings: CallSettings,
  control: CallControl,
): Promise<Completion> {
  const attempt = async () => {
    try {
      const reservation = await control.reserve();
      control.onAttempt?.();
      try {
        const completion = await attemptOnce(request, settings, control);
        reservation.answered(completion);
        return completion;
      } catch (error) {
        if (wasRefused(error)) reservation.refused();
        else reservation.lost();
        throw error;
      }
    } catch (error) {
      throw new FailedAttempt(error);
    }
  };
  const shouldRetry = async ({ error, attemptNumber }: RetryContext): Promise<boolean> => {
    const reason = reasonOf(error);
    if (!isRetryableError(reason) || control.signal.aborted || control.lastAttempt.aborted) return false;
    const decision = decide(settings.retry, reason, attemptNumber);
    if (decision?.kind !== "retry") return false;
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
