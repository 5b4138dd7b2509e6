/** What a policy decides after a failed attempt. */
export type RetryDecision =
  { readonly kind: "give-up" } | { readonly kind: "retry"; readonly afterMs: number };

/**
 * Decides whether a failed call is made again, and when. Only errors that say `isRetryable: true` are brought before it;
 * waiting is done by the run's clock.
 */
export interface RetryPolicy {
  /** @param attempt The number of the attempt that failed, from 1. */
  decide(error: unknown, attempt: number): RetryDecision;
}
