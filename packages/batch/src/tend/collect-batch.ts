import type { BatchClaim, KeyFailure } from "@gro/queue";
import { reasonOf, withCost } from "@gro/summarizer/executor";
import type { SummaryUsage } from "@gro/summarizer";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import type { BatchCounts, BatchProvider } from "../ports/batch-provider.js";
import { failureFrom, mayPass } from "../worker/describe-error.js";
import { knownAs } from "../worker/names.js";
import { needsSomebody } from "../worker/provider-health.js";
import { pauseProvider } from "../worker/pause-provider.js";
import type { ResultAnomaly } from "../worker/worker-events.js";
import type { Tick } from "../worker/worker-parts.js";
import { closeBatch } from "./close-batch.js";
import { readResults } from "./read-results.js";
import { releaseBatch } from "./release-batch.js";
import { countByKind, type ResultTally } from "./result-tally.js";
import { ruleOut } from "./rule-out.js";

/*
 * An ended batch:
 *
 *   ended ──read to the end, nothing missing──────▶ closed: what failed is told by kind
 *     ├─cut short, or not to be read just now─────▶ read again later; what was read is in the memo already
 *     ├─the same for the last time────────────────▶ closed: requests without a result count as failed
 *     └─a candidate, and its results another's────▶ not ours: its intent is looked up anew
 */

/** So often are results read that are wanting, before what they lack is given up. */
const MOST_READS = 4;
const LONGEST_DELAY_MS = 30_000;

export async function collectBatch(
  tick: Tick,
  provider: BatchProvider,
  claim: BatchClaim,
  batchId: string,
  counts: BatchCounts | null,
  remembered: ReadonlySet<string>,
): Promise<void> {
  const read = await readResults(tick, provider, claim, batchId, remembered);
  if (read.kind === "interrupted") return releaseBatch(tick, claim, 0);
  const { tally } = read;
  const isCandidate = claim.batch.submission.kind === "candidate";
  if (isCandidate && tally.unknownKeys > 0) return ruleOut(tick, claim, batchId);

  const isBroken = read.kind === "broken";
  if (isBroken) tick.tellError("reading the results of a batch", read.error, { ref: claim.ref });
  const isWanting = isBroken || tally.isShort(counts) || (isCandidate && tally.recognized === 0);
  // A key that is refused for an hour is no reason to give up what is paid for.
  const trouble = isBroken ? failureFrom(read.error, "server_error") : undefined;
  if (trouble !== undefined && needsSomebody(trouble.kind)) {
    pauseProvider(tick, provider.id, trouble);
    return releaseBatch(tick, claim, delayMs(tick));
  }
  // As long as the provider may answer, there is no reason to give up what is paid for.
  if (isBroken && mayPass(read.error)) return releaseBatch(tick, claim, delayMs(tick));
  if (isWanting && !isLastRead(tick, claim)) {
    if (!isBroken) tellAnomaly(tick, claim, batchId, "short_read", tally.missing.length);
    return releaseBatch(tick, claim, delayMs(tick));
  }
  // An earlier batch of ours may have held the same requests: all that it has answered was in the memo before these were sent. And
  // one that has answered nothing is not worth having, whosesoever it is.
  if (isCandidate && tally.succeeded.size === 0) return ruleOut(tick, claim, batchId);
  await finish(
    tick,
    provider,
    claim,
    batchId,
    tally,
    isBroken ? unreadable(tally, read.error) : tally.allFailures(),
  );
}

async function finish(
  tick: Tick,
  provider: BatchProvider,
  claim: BatchClaim,
  batchId: string,
  tally: ResultTally,
  failures: readonly KeyFailure[],
): Promise<void> {
  const { ledger } = tick.settings.store;
  const { batch } = claim;
  await tick.point("batch-collected");
  tellAnomaly(tick, claim, batchId, "unknown_key", tally.unknownKeys);
  tellAnomaly(tick, claim, batchId, "duplicate_key", tally.duplicateKeys);
  tellAnomaly(tick, claim, batchId, "malformed_result", tally.malformed);
  tellAnomaly(tick, claim, batchId, "no_result", tally.missing.length);
  // Who succeeds starts with a clean slate, should the answer turn out to be of no use.
  const blamed = await ledger.failuresOf([...tally.succeeded]);
  if (blamed.size > 0) await ledger.forgive([...blamed.keys()]);
  if ((await closeBatch(tick, claim, "collected", failures)) === "lost") return;
  tick.counts.batchesCollected += 1;
  tick.counts.resultsRemembered += tally.succeeded.size;
  tick.paidAnswers.add(tally.paid);
  tick.tell("batchCollected", {
    ...knownAs(batch, batchId),
    succeeded: tally.succeeded.size,
    failed: countByKind(failures),
    ...priced(tick, provider, batch.modelId, tally.usage),
    wasCandidate: batch.submission.kind === "candidate",
    tookMs: Math.max(0, tick.settings.clock.now() - batch.reservedAt),
  });
  const { trouble } = tally;
  if (trouble !== undefined) pauseProvider(tick, provider.id, trouble);
  else tick.providers.healthOf(provider.id).batchEnded();
}

/** What is paid for and cannot be read is not asked again by itself: that would be paid for, too. */
function unreadable(tally: ResultTally, error: unknown): readonly KeyFailure[] {
  const message = `The results of the batch cannot be read: ${reasonOf(error)}`;
  const missing = tally.missing.map((key) => ({ key, kind: BATCH_FAILURES.resultsUnreadable, message }));
  return [...tally.allFailures().filter(({ kind }) => kind !== BATCH_FAILURES.noResult), ...missing];
}

function isLastRead({ wantingReads }: Tick, { ref }: BatchClaim): boolean {
  const reads = (wantingReads.get(ref) ?? 0) + 1;
  wantingReads.set(ref, reads);
  return reads >= MOST_READS;
}

function delayMs({ settings }: Tick): number {
  return Math.min(LONGEST_DELAY_MS, settings.batchPollIntervalMs);
}

function tellAnomaly(
  tick: Tick,
  { batch }: BatchClaim,
  batchId: string,
  anomaly: ResultAnomaly,
  count: number,
): void {
  if (count > 0) tick.tell("resultAnomaly", { ...knownAs(batch, batchId), anomaly, count });
}

/** What was billed, at the price of batches; what ran in this process was paid at the live price. */
function priced(
  { settings }: Tick,
  provider: BatchProvider,
  modelId: string,
  usage: SummaryUsage,
): { readonly usage: SummaryUsage; readonly liveCostUsd?: number } {
  const price = settings.prices(modelId);
  const live = withCost(usage, price);
  const { costUsd: liveCostUsd } = live;
  if (liveCostUsd === undefined) return { usage: live };
  const share = provider.whenEnded === undefined ? (price?.batchShare ?? 1) : 1;
  return { usage: { ...live, costUsd: liveCostUsd * share }, liveCostUsd };
}
