import type { KeyFailure, UnreadBatch } from "@gro/queue";
import { reasonOf } from "@gro/summarizer/executor";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import type { BatchCounts } from "../ports/batch-provider.js";
import { asSentence } from "../worker/describe-error.js";
import type { ResultsRead } from "./read-results.js";
import type { ResultTally } from "./result-tally.js";

/** Where results are that were not read. Times in milliseconds since the epoch. */
export type ResultsPlace =
  /** @param keptUntil until when the provider has them */
  | { readonly kind: "kept"; readonly keptUntil: number; readonly now: number }
  /** The provider says that it does not have them any more. */
  | { readonly kind: "gone" };

/**
 * Why each request without a completion has none, when what is paid for could not be read: all that was not read may be. It is not asked
 * again by itself, and the batch is not forgotten as long as its results are anywhere.
 */
export function unreadableFailures(
  tally: ResultTally,
  counts: BatchCounts | null,
  read: ResultsRead,
  unread: UnreadBatch,
  place: ResultsPlace,
): readonly KeyFailure[] {
  const message =
    `The results of batch ${unread.batchId} are paid for and cannot be read: ${whyWanting(tally, counts, read)} ` +
    wayOut(place);
  const failures = tally.unreadKeys.map((key) => ({
    ...{ key, kind: BATCH_FAILURES.resultsUnreadable, message },
    ...(place.kind === "kept" && { unread }),
  }));
  return [...tally.knownFailures, ...failures];
}

function wayOut(place: ResultsPlace): string {
  if (place.kind === "gone" || place.keptUntil <= place.now) {
    return "The provider has them no more. A retry asks anew, and that is paid for again.";
  }
  return `Mend what keeps them, then retry: until ${new Date(place.keptUntil).toISOString()} the batch is read again first, and nothing is asked anew.`;
}

function whyWanting(tally: ResultTally, counts: BatchCounts | null, read: ResultsRead): string {
  if (read.kind === "broken") return asSentence(reasonOf(read.error));
  const malformed = tally.malformed === 0 ? "" : `, and ${tally.malformed} lines are malformed`;
  const wanted = counts === null ? "" : ` of ${counts.succeeded} that the provider counts`;
  return `${tally.succeeded} successes${wanted} were read${malformed}.`;
}
