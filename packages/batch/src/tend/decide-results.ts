import type { Submission } from "@gro/queue";
import type { BatchCounts } from "../ports/batch-provider.js";

/** What reading the results of an ended batch leads to. */
export type ResultsDecision =
  /** All that can be known of the requests is known. */
  | { readonly kind: "finish" }
  /** A batch that might have been this one is another's, or not worth having. */
  | { readonly kind: "rule-out" }
  | { readonly kind: "read-again"; readonly afterMs: number }
  /** What was not read is told as unreadable, and not asked again by itself: that would be paid for, too. */
  | { readonly kind: "give-up" };

/** What one reading has brought, in numbers. */
export interface ReadingFacts {
  readonly succeeded: number;
  /** Requests of which it is not known what became of them: no result, or one that cannot be read. */
  readonly unread: number;
  /** Successes of requests that the record does not hold. */
  readonly othersSucceeded: number;
  /** Results of whatever kind for requests that the record does not hold. */
  readonly unknownKeys: number;
}

/** Why results broke off. */
export interface ReadingTrouble {
  /** Whether it helps to wait, or to mend the account. */
  readonly mayPass: boolean;
  /** Whether somebody has to mend something that a look costs nothing to find out. */
  readonly needsSomebody: boolean;
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Times in milliseconds, moments in those since the epoch. */
export interface ResultsFacts {
  readonly submission: Submission;
  readonly counts: BatchCounts | null;
  readonly reading: ReadingFacts;
  /** `undefined`: they came to their end in good order, which says little. */
  readonly trouble: ReadingTrouble | undefined;
  readonly now: number;
  /** Since when the results are found wanting; `now` for the first time. */
  readonly wantingSince: number;
  /** Until when the provider has them. */
  readonly keptUntil: number;
  readonly patienceMs: number;
  readonly pollMs: number;
}

const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 60 * 60_000;

/** Whether the provider counts more successes than were read, so that some of what was not read is paid for. */
export function isSomePaid(
  submission: Submission,
  counts: BatchCounts | null,
  reading: ReadingFacts,
): boolean {
  if (reading.unread === 0) return false;
  if (counts === null) return true;
  // The counts are those of the whole batch.
  const isPart = submission.kind === "submitted" && submission.isReopened === true;
  return counts.succeeded > reading.succeeded + (isPart ? reading.othersSucceeded : 0);
}

/**
 * Decides by the provider's counts: a success that was not read is paid for. It is read again, each time after as long as has passed
 * already, until the patience is over; what may pass by itself or by somebody's help, until the provider has deleted it.
 */
export function decideResults(facts: ResultsFacts): ResultsDecision {
  const { submission, counts, reading, trouble, now, wantingSince, keptUntil, patienceMs, pollMs } = facts;
  const isCandidate = submission.kind === "candidate";
  if (isCandidate && reading.unknownKeys > 0) return { kind: "rule-out" };
  // An earlier batch of ours may have held the same requests: all that it has answered was in the memo before these were sent. And
  // one that has answered nothing is not worth having, whosesoever it is.
  const isWorthless = isCandidate && reading.succeeded === 0;
  const isPaid = isSomePaid(submission, counts, reading);
  const isWanting = isPaid || (trouble !== undefined && reading.unread > 0);
  if (!isWanting) return { kind: isWorthless ? "rule-out" : "finish" };

  const canWait = trouble !== undefined && (trouble.mayPass || trouble.needsSomebody);
  const until = canWait ? keptUntil : Math.min(keptUntil, wantingSince + patienceMs);
  if (now < until) {
    const firstMs = Math.min(FIRST_DELAY_MS, pollMs);
    const grownMs = Math.min(LONGEST_DELAY_MS, Math.max(firstMs, now - wantingSince));
    // Nobody who mends an account wants to wait for an hour.
    const wantedMs = trouble?.needsSomebody === true ? firstMs : grownMs;
    return {
      kind: "read-again",
      afterMs: Math.min(until - now, Math.max(wantedMs, trouble?.retryAfterMs ?? 0)),
    };
  }
  if (isPaid) return { kind: "give-up" };
  return { kind: isWorthless ? "rule-out" : "finish" };
}
