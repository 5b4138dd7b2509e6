import type { KeyFailure, UnreadBatch } from "@gro/queue";
import { reasonOf } from "@gro/summarizer/executor";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import type { BatchCounts } from "../ports/batch-provider.js";
import { asSentence } from "../worker/describe-error.js";
import type { ResultsRead } from "./read-results.js";
import type { ResultTally } from "./result-tally.js";

/**
 * Why each request without a completion has none, when what is paid for could not be read: all that was not read may be. It is not asked
 * again by itself, and the batch is not forgotten.
 *
 * @param keptUntil until when the provider has the results, in milliseconds since the epoch
 */
export function unreadableFailures(
  tally: ResultTally,
  counts: BatchCounts | null,
  read: ResultsRead,
  unread: UnreadBatch,
  keptUntil: number,
): readonly KeyFailure[] {
  const message =
    `The results of batch ${unread.batchId} are paid for and cannot be read: ${whyWanting(tally, counts, read)} ` +
    `Mend what keeps them, then retry: until ${new Date(keptUntil).toISOString()} the batch is read again first, and nothing is asked anew.`;
  const failures = tally.unreadKeys.map((key) => ({
    ...{ key, kind: BATCH_FAILURES.resultsUnreadable, message, unread },
  }));
  return [...tally.knownFailures, ...failures];
}

function whyWanting(tally: ResultTally, counts: BatchCounts | null, read: ResultsRead): string {
  if (read.kind === "broken") return asSentence(reasonOf(read.error));
  const malformed = tally.malformed === 0 ? "" : `, and ${tally.malformed} lines are malformed`;
  const wanted = counts === null ? "" : ` of ${counts.succeeded} that the provider counts`;
  return `${tally.succeeded} successes${wanted} were read${malformed}.`;
}
