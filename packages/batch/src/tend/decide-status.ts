import type { BatchRecord } from "@gro/queue";
import { lookUpDelayMs } from "./decide-intent.js";
import { notedTime } from "./noted-time.js";
import type { BatchCounts, BatchStatus, ProviderFailure } from "../ports/batch-provider.js";

/** What a batch's status leads to. */
export type StatusDecision =
  | { readonly kind: "poll-again"; readonly afterMs: number }
  /** Its time is over: an early end is asked for, and then it is polled on. */
  | { readonly kind: "cancel"; readonly afterMs: number }
  /** `endedAt`: milliseconds since the epoch, where the provider says so. */
  | { readonly kind: "collect"; readonly counts: BatchCounts | null; readonly endedAt: number | undefined }
  /** The provider turned it down as a whole. */
  | { readonly kind: "turned-down"; readonly failure: ProviderFailure }
  /** The provider does not know it just now. `since` and `looks` are to be kept: see `Submission`. */
  | { readonly kind: "look-again"; readonly since: number; readonly looks: number; readonly afterMs: number }
  | { readonly kind: "vanished" }
  /** A batch that might have been this one is not: it does not exist any more, or has done nothing. */
  | { readonly kind: "rule-out" };

export interface StatusFacts {
  readonly batch: BatchRecord;
  readonly status: BatchStatus;
  /** Milliseconds since the epoch, by the ledger's clock, as is `claimedAt`. */
  readonly now: number;
  /** When it was claimed for this look. */
  readonly claimedAt: number;
  readonly pollMs: number;
  /** How long a batch must not be known before it counts as gone, in milliseconds from the first such answer. */
  readonly graceMs: number;
  /** The same while something speaks against the answer: see `isDoubtful`. */
  readonly patienceMs: number;
  /** Whether it was done in this process: what is not known there, is not there. */
  readonly runsHere: boolean;
  /** Whether the provider does not know others of our batches either: then it may be the wrong account, or the wrong address. */
  readonly isDoubtful: boolean;
  /** Whether this worker runs what is left after a deadline, and has not asked for an early end yet. */
  readonly mayCancel: boolean;
}

/** So often a provider must say that it does not know a batch, however long a worker was away in between. */
const LEAST_LOOKS = 3;

export function decideStatus(facts: StatusFacts): StatusDecision {
  const { batch, status, now, pollMs, mayCancel } = facts;
  const { submission, deadlineAt } = batch;
  const isCandidate = submission.kind === "candidate";
  switch (status.kind) {
    case "running": {
      if (!mayCancel || deadlineAt === null || isCandidate) return { kind: "poll-again", afterMs: pollMs };
      if (deadlineAt <= now) return { kind: "cancel", afterMs: pollMs };
      return { kind: "poll-again", afterMs: Math.min(pollMs, deadlineAt - now) };
    }
    case "ended":
      return { kind: "collect", counts: status.counts, endedAt: status.endedAt };
    case "failed":
      return isCandidate ? { kind: "rule-out" } : { kind: "turned-down", failure: status.failure };
    case "missing": {
      const wasSeen = submission.kind !== "intended" && submission.wantingSince !== undefined;
      const isReopened = submission.kind === "submitted" && submission.isReopened === true;
      // It has ended and may be paid for: that it cannot be found is one more way of not being readable.
      if (wasSeen && !isReopened) return { kind: "collect", counts: null, endedAt: undefined };
      return decideMissing(facts) ?? { kind: isCandidate ? "rule-out" : "vanished" };
    }
  }
}

/**
 * One answer proves nothing: just after its creation a batch may not be found, and a wrong setting finds none. `undefined` when the
 * batch counts as gone.
 */
function decideMissing(facts: StatusFacts): (StatusDecision & { readonly kind: "look-again" }) | undefined {
  const { batch, now, claimedAt, pollMs, graceMs, patienceMs, runsHere, isDoubtful } = facts;
  if (runsHere) return undefined;
  const { submission } = batch;
  const { missingSince, missingLooks = 1 } = submission.kind === "intended" ? {} : submission;
  const known = notedTime(missingSince, batch, claimedAt);
  const since = known ?? Math.max(claimedAt, now);
  const looks = known === undefined ? 1 : missingLooks + 1;
  const waitMs = isDoubtful ? Math.max(graceMs, patienceMs) : graceMs;
  if (looks >= LEAST_LOOKS && claimedAt - since >= waitMs) return undefined;
  return { kind: "look-again", since, looks, afterMs: Math.min(pollMs, lookUpDelayMs(waitMs)) };
}
