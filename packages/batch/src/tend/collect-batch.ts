import type { BatchClaim, KeyFailure } from "@gro/queue";
import { withCost } from "@gro/summarizer/executor";
import type { SummaryUsage } from "@gro/summarizer";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import { resultsKeptUntil, type BatchCounts, type BatchProvider } from "../ports/batch-provider.js";
import { failureFrom, mayPass } from "../worker/describe-error.js";
import { knownAs } from "../worker/names.js";
import { needsSomebody } from "../worker/provider-health.js";
import { pauseProvider } from "../worker/pause-provider.js";
import type { ResultAnomaly } from "../worker/worker-events.js";
import type { Tick } from "../worker/worker-parts.js";
import { closeBatch } from "./close-batch.js";
import { decideResults } from "./decide-results.js";
import { notedTime } from "./noted-time.js";
import { readResults, type ResultsRead } from "./read-results.js";
import { releaseBatch } from "./release-batch.js";
import { countByKind, type ResultTally } from "./result-tally.js";
import { ruleOut } from "./rule-out.js";
import { unreadableFailures } from "./unreadable.js";

/*
 * An ended batch:
 *
 *   ended ──every success that is counted was read─▶ closed: what failed is told by kind
 *     ├─some are missing, or cannot be read────────▶ read again, ever more seldom; what was read is in the memo already
 *     ├─the same when the patience is over─────────▶ closed: what was not read is unreadable. A retry opens the batch again
 *     └─a candidate, and its results another's─────▶ not ours: its intent is looked up anew
 */

/** An ended batch as its provider tells of it. */
export interface EndedBatch {
  readonly batchId: string;
  readonly counts: BatchCounts | null;
  /** Milliseconds since the epoch, where the provider says so. */
  readonly endedAt: number | undefined;
}

export async function collectBatch(
  tick: Tick,
  provider: BatchProvider,
  claim: BatchClaim,
  ended: EndedBatch,
  remembered: ReadonlySet<string>,
): Promise<void> {
  const { batchId, counts } = ended;
  const read = await readResults(tick, provider, claim, batchId, remembered);
  if (read.kind === "interrupted") return releaseBatch(tick, claim, 0);
  const { tally } = read;
  const { batchPollIntervalMs, resultsPatienceMs } = tick.settings;
  const { submission } = claim.batch;
  const now = tick.storeTime.now();
  const noted = submission.kind === "intended" ? undefined : submission.wantingSince;
  const wantingSince = notedTime(noted, claim.batch, now) ?? now;
  const endedAt = Math.min(now, ended.endedAt ?? wantingSince);
  const keptUntil = resultsKeptUntil(provider, endedAt);
  const decision = decideResults({
    ...{ submission, counts, reading: tally, trouble: troubleOf(read), now, wantingSince, keptUntil },
    ...{ patienceMs: resultsPatienceMs, pollMs: batchPollIntervalMs },
  });
  if (decision.kind === "rule-out") return ruleOut(tick, claim, batchId);
  if (read.kind === "broken") tellTrouble(tick, provider, claim, read.error);
  else if (decision.kind !== "finish") tellAnomaly(tick, claim, batchId, "short_read", tally.unread);
  switch (decision.kind) {
    case "read-again":
      await noteWanting(tick, claim, wantingSince);
      return releaseBatch(tick, claim, decision.afterMs);
    case "finish":
      return finish(tick, provider, claim, batchId, tally, tally.allFailures(counts));
    case "give-up": {
      const unread = { provider: provider.id, batchId, endedAt };
      const place = isGone(read) ? { kind: "gone" as const } : { kind: "kept" as const, keptUntil, now };
      const failures = unreadableFailures(tally, counts, read, unread, place);
      return finish(tick, provider, claim, batchId, tally, failures);
    }
  }
}

function troubleOf(read: ResultsRead) {
  if (read.kind !== "broken") return undefined;
  const { kind, retryAfterMs } = failureFrom(read.error, "server_error");
  return { mayPass: mayPass(read.error), needsSomebody: concernsAccount(kind), retryAfterMs };
}

/** Results have no model: that something is not found, is this batch's own trouble. */
function concernsAccount(kind: string): boolean {
  return needsSomebody(kind) && kind !== "model_not_found";
}

/** Whether the provider itself says that it does not have the results any more. */
function isGone(read: ResultsRead): boolean {
  if (read.kind !== "broken") return false;
  const { kind, status } = failureFrom(read.error, "server_error");
  return kind === "invalid_request" && status === 404;
}

/** Says what kept results from being read. */
function tellTrouble(tick: Tick, provider: BatchProvider, { ref }: BatchClaim, error: unknown): void {
  tick.tellError("reading the results of a batch", error, { ref });
  const trouble = failureFrom(error, "server_error");
  // A key that is refused for an hour is no reason to give up what is paid for.
  if (concernsAccount(trouble.kind)) pauseProvider(tick, provider.id, trouble);
}

/** From now on everybody knows since when it is read in vain, also those who come after this worker. */
async function noteWanting(tick: Tick, claim: BatchClaim, wantingSince: number): Promise<void> {
  const { submission } = claim.batch;
  if (submission.kind === "intended" || submission.wantingSince === wantingSince) return;
  await tick.settings.store.ledger.record(claim, { submission: { ...submission, wantingSince } });
  await tick.point("results-wanting");
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
  const { submission } = batch;
  const isPart = submission.kind === "submitted" && submission.isReopened === true;
  await tick.point("batch-collected");
  // Those of a batch that holds only a part of its requests again are none of this record's business.
  tellAnomaly(tick, claim, batchId, "unknown_key", isPart ? 0 : tally.unknownKeys);
  tellAnomaly(tick, claim, batchId, "duplicate_key", tally.duplicateKeys);
  tellAnomaly(tick, claim, batchId, "malformed_result", tally.malformed);
  const failed = countByKind(failures);
  tellAnomaly(tick, claim, batchId, "no_result", failed[BATCH_FAILURES.noResult] ?? 0);
  // Who succeeds starts with a clean slate, should the answer turn out to be of no use.
  const blamed = await ledger.failuresOf([...tally.succeededKeys, ...tally.adoptedKeys]);
  if (blamed.size > 0) await ledger.forgive([...blamed.keys()]);
  if ((await closeBatch(tick, claim, "collected", failures)) === "lost") return;
  tick.counts.batchesCollected += 1;
  tick.counts.resultsRemembered += tally.succeeded + tally.adoptedKeys.length;
  tick.paidAnswers.add(tally.paid);
  tick.tell("batchCollected", {
    ...knownAs(batch, batchId),
    succeeded: tally.succeeded,
    failed,
    ...priced(tick, provider, batch.modelId, tally.usage),
    wasCandidate: submission.kind === "candidate",
    tookMs: Math.max(0, tick.storeTime.now() - batch.reservedAt),
  });
  const { trouble } = tally;
  if (trouble !== undefined) pauseProvider(tick, provider.id, trouble);
  else tick.providers.healthOf(provider.id).batchEnded();
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
