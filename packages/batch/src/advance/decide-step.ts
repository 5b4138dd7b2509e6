import type { ModelErrorKind, RejectionReason } from "@gro/summarizer";
import { mayBeFromAhead, type DeadLetterReason, type KeyHistory, type UnreadBatch } from "@gro/queue";
import { needsSomebody } from "../worker/provider-health.js";
import { failedForGood, isRejection, rejected, resultsElsewhere } from "./dead-letters.js";

/** Kinds of failure that only batches have, beside those of a `ModelError`. */
export const BATCH_FAILURES = {
  /** The batch's time was over before it came to the request. */
  expired: "expired",
  canceled: "canceled",
  /** The batch ended without a word about the request. */
  noResult: "no_result",
  /** The provider does not know the batch any more. */
  vanished: "vanished",
  /** The provider turned down the batch as a whole, and nobody knows for which request. */
  batchRejected: "batch_rejected",
  /** The results are there, paid for, and cannot be read. */
  resultsUnreadable: "results_unreadable",
} as const;

/** What one step that has no usable completion, and that no batch holds, comes to. */
export type StepDecision =
  /**
   * To be sent. `suspicion`: how many batches with it were turned down as a whole; the more, the fewer share its next batch.
   * `forgives`: its failures lie before the item was queued and count no more.
   */
  | { readonly kind: "ask"; readonly suspicion: number; readonly forgives: boolean }
  /** Paid for, and its answer may still lie with the provider: its batch is read again before anything is sent. */
  | { readonly kind: "reread"; readonly batch: UnreadBatch }
  /** To be sent when some time has passed. */
  | { readonly kind: "later"; readonly afterMs: number }
  /** Too long for the model. */
  | { readonly kind: "split"; readonly why: string }
  /** The item ends. `isNews`: the failure is not in the ledger yet. */
  | { readonly kind: "dead"; readonly reason: DeadLetterReason; readonly isNews: boolean };

export interface StepFacts {
  /** Why the completion in the memo cannot stand; `undefined` when there is none. */
  readonly rejection: RejectionReason | undefined;
  readonly history: KeyHistory | undefined;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly now: number;
  /** Whether the item names a model of its own: then its absence is the item's trouble, not the worker's. */
  readonly hasOwnModel: boolean;
  /**
   * Until when the provider has the results of a batch that could not be read, in milliseconds since the epoch; `undefined` when this
   * worker does not know the provider.
   */
  readonly keptUntil: (batch: UnreadBatch) => number | undefined;
  readonly maxAttempts: number;
  /** The wait after the first failure of a busy provider, in milliseconds; each further one is twice as long. */
  readonly firstWaitMs: number;
}

const ASK = { kind: "ask", suspicion: 0, forgives: false } as const;

/** Asking the same again leads to the same. */
const FINAL: ReadonlySet<string> = new Set<ModelErrorKind | typeof BATCH_FAILURES.resultsUnreadable>([
  "invalid_request",
  "prompt_was_cut",
  "results_unreadable",
]);

/** Busy or broken: it helps to wait. */
const BUSY: ReadonlySet<string> = new Set<ModelErrorKind>([
  "rate_limited",
  "overloaded",
  "server_error",
  "connection_lost",
  "timed_out",
  "malformed_response",
]);

/** Not the request's fault, and nothing was billed: asked much more often before it counts as hopeless. */
const PATIENT: ReadonlySet<string> = new Set([BATCH_FAILURES.expired, BATCH_FAILURES.canceled]);
const PATIENCE = 10;

/** A batch that shrinks with every rejection comes down to one request long before. */
const MOST_SUSPICION = 12;

const LONGEST_WAIT_MS = 60 * 60_000;

function attemptsOf(counts: KeyHistory["counts"]): { readonly counted: number; readonly patient: number } {
  let counted = 0;
  let patient = 0;
  for (const [kind, count] of Object.entries(counts)) {
    if (PATIENT.has(kind)) patient += count;
    else if (!isUncounted(kind)) counted += count;
  }
  return { counted, patient };
}

function isUncounted(kind: string): boolean {
  return (
    needsSomebody(kind) ||
    isRejection(kind) ||
    kind === BATCH_FAILURES.batchRejected ||
    kind === BATCH_FAILURES.resultsUnreadable ||
    kind === "prompt_too_long"
  );
}

/** What was paid for and could not be read, is not paid again as long as it may be read after all. */
function wantedAgain({ now, keptUntil }: StepFacts, { failure }: KeyHistory): StepDecision | undefined {
  const { unread } = failure;
  if (unread === undefined) return undefined;
  const until = keptUntil(unread);
  if (until === undefined) return { kind: "dead", reason: resultsElsewhere(unread), isNews: false };
  return now < until ? { kind: "reread", batch: unread } : undefined;
}

/**
 * Whether somebody wants the step again since it failed. Of a time that is still to come, a clock that was ahead has noted it, and it
 * says nothing beside one that is right: a failure from ahead is past, and an item from ahead is no news, so that the item's next
 * failures count. Two of that clock's stand in their order.
 */
function isWantedSince({ queuedAt, now }: StepFacts, failedAt: number): boolean {
  const isFailureAhead = mayBeFromAhead(failedAt, now);
  const isItemAhead = mayBeFromAhead(queuedAt, now);
  return isFailureAhead === isItemAhead ? failedAt < queuedAt : isFailureAhead;
}

/** Decides by the failures of a step, and by nothing else. */
export function decideStep(facts: StepFacts): StepDecision {
  const { rejection, history, now, maxAttempts, firstWaitMs } = facts;
  if (history === undefined) {
    return rejection === undefined ? ASK : { kind: "dead", reason: rejected(rejection), isNews: true };
  }
  const { failure, failedAt, counts } = history;
  // A fact about model and request, whoever found it out and when.
  if (failure.kind === "prompt_too_long") return { kind: "split", why: failure.message };
  // Somebody wants it again since. A rejected answer stays on record until the next one has come: it is in the memo still.
  if (isWantedSince(facts, failedAt)) {
    return wantedAgain(facts, history) ?? { ...ASK, forgives: rejection === undefined };
  }

  const dead: StepDecision = { kind: "dead", reason: failedForGood(history), isNews: false };
  if (isRejection(failure.kind) || FINAL.has(failure.kind)) return dead;
  if (facts.hasOwnModel && (failure.kind === "model_not_found" || failure.kind === "permission_denied"))
    return dead;

  const suspicion = counts[BATCH_FAILURES.batchRejected] ?? 0;
  const { counted, patient } = attemptsOf(counts);
  const isHopeless =
    counted >= maxAttempts || patient >= maxAttempts * PATIENCE || suspicion >= MOST_SUSPICION;
  if (isHopeless) return dead;

  const waitMs = BUSY.has(failure.kind)
    ? Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** Math.max(0, counted - 1))
    : 0;
  // A clock that was ahead when it failed must not make the wait longer.
  const afterMs = Math.min(waitMs, failedAt + waitMs - now);
  return afterMs > 0 ? { kind: "later", afterMs } : { ...ASK, suspicion };
}
