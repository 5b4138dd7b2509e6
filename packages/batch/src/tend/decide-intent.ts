import type { BatchRecord } from "@gro/queue";
import type { FoundBatch } from "../ports/batch-provider.js";

/** What a look-up for a batch of which nobody knows whether it exists leads to. */
export type IntentDecision =
  /** It exists. `duplicates`: what else was created for the same intent, and nobody needs. */
  | { readonly kind: "adopt"; readonly batchId: string; readonly duplicates: readonly string[] }
  /** It may be this one: only its results tell. */
  | { readonly kind: "suspect"; readonly batchId: string }
  /** It was looked for long enough: it does not exist. */
  | { readonly kind: "give-up" }
  | { readonly kind: "look-again"; readonly afterMs: number };

export interface IntentFacts {
  readonly batch: BatchRecord;
  readonly found: readonly FoundBatch[];
  /** Whether this batch of the provider is known to be another's. */
  readonly isTaken: (batchId: string) => boolean;
  /** Since when it is known that no answer came, in milliseconds since the epoch. */
  readonly since: number;
  /** When it was claimed for this look-up, by the same clock: the ledger's. */
  readonly claimedAt: number;
  readonly graceMs: number;
}

const LONGEST_LOOK_UP_DELAY_MS = 15_000;
const SHORTEST_LOOK_UP_DELAY_MS = 50;

/** How long to wait between two look-ups. */
export function lookUpDelayMs(graceMs: number): number {
  return Math.min(LONGEST_LOOK_UP_DELAY_MS, Math.max(SHORTEST_LOOK_UP_DELAY_MS, Math.ceil(graceMs / 8)));
}

/** Decides after a look-up that was answered; one that failed proves nothing and is not brought here. */
export function decideIntent({
  batch,
  found,
  isTaken,
  since,
  claimedAt,
  graceMs,
}: IntentFacts): IntentDecision {
  const certain = found.filter(({ isCertain }) => isCertain).map(({ batchId }) => batchId);
  const [first, ...duplicates] = certain;
  if (first !== undefined) return { kind: "adopt", batchId: first, duplicates };
  const candidate = found.find(({ batchId }) => !isTaken(batchId) && !batch.ruledOut.includes(batchId));
  if (candidate !== undefined) return { kind: "suspect", batchId: candidate.batchId };
  // What is noted during a look lies behind its claim: that is no reason to look again where there is no grace.
  const leftMs = graceMs - Math.max(0, claimedAt - since);
  if (leftMs <= 0) return { kind: "give-up" };
  return { kind: "look-again", afterMs: Math.min(lookUpDelayMs(graceMs), leftMs) };
}
