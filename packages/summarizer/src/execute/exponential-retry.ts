import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { RetryPolicy } from "../ports/retry-policy.js";

/** How often and how patiently failed calls are made again. */
export interface RetryOptions {
  /** Attempts after the first one. @default 3 */
  readonly retries?: number | undefined;
  /** Wait before the first retry, in milliseconds; each further one waits twice as long. @default 1000 */
  readonly minDelayMs?: number | undefined;
  /** The longest wait, in milliseconds, unless the error itself asks for more, up to 15 minutes. @default 30000 */
  readonly maxDelayMs?: number | undefined;
  /** Numbers in [0, 1) that spread retries over time. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Half of each wait is random, so that calls that failed together do not come back together. */
const JITTER_SHARE = 0.5;

/** Who asks for a longer wait than this has no answer for this run: its error goes to the caller, `retryAfterMs` and all. */
const LONGEST_REQUESTED_DELAY_MS = 15 * 60_000;

/** What the server asked for, where the error brings it. */
function requestedDelay(error: unknown): number | undefined {
  const isObject = typeof error === "object" && error !== null;
  const delay: unknown = isObject && "retryAfterMs" in error ? error.retryAfterMs : undefined;
  return typeof delay === "number" && delay >= 0 ? delay : undefined;
}

function checked(option: string, value: number, least: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new InvalidOptionError(`retry.${option}`, value, `a number of at least ${least}`);
}

/** Exponential waits with jitter; an error's own `retryAfterMs` comes first. */
export function exponentialRetry(options: RetryOptions = {}): RetryPolicy {
  const retries = checked("retries", options.retries ?? 3, 0);
  const minDelayMs = checked("minDelayMs", options.minDelayMs ?? 1000, 0);
  const maxDelayMs = checked("maxDelayMs", options.maxDelayMs ?? 30_000, minDelayMs);
  const random = options.random ?? Math.random;
  return {
    decide(error, attempt) {
      if (attempt > retries) return { kind: "give-up" };
      const full = Math.min(maxDelayMs, minDelayMs * 2 ** (attempt - 1));
      const requested = requestedDelay(error);
      if (requested !== undefined && requested > LONGEST_REQUESTED_DELAY_MS) return { kind: "give-up" };
      const afterMs = requested ?? full * (1 - JITTER_SHARE * random());
      return { kind: "retry", afterMs };
    },
  };
}
