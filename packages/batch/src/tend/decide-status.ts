import type { BatchRecord } from "@gro/queue";
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
  | { readonly kind: "vanished" }
  /** A batch that might have been this one is not: it does not exist any more, or has done nothing. */
  | { readonly kind: "rule-out" };

export interface StatusFacts {
  readonly batch: BatchRecord;
  readonly status: BatchStatus;
  readonly now: number;
  readonly pollMs: number;
  /** How long a batch that is not found may just be too young to be found, in milliseconds. */
  readonly graceMs: number;
  /** Whether this worker runs what is left after a deadline, and has not asked for an early end yet. */
  readonly mayCancel: boolean;
}

export function decideStatus({
  batch,
  status,
  now,
  pollMs,
  graceMs,
  mayCancel,
}: StatusFacts): StatusDecision {
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
      if (isCandidate) return { kind: "rule-out" };
      const knownFor = now - (submission.since ?? batch.reservedAt);
      if (knownFor >= graceMs) return { kind: "vanished" };
      return { kind: "poll-again", afterMs: Math.min(pollMs, graceMs - knownFor) };
    }
  }
}
