import type { BatchClaim } from "@gro/queue";
import { codeOf, failureFrom, mayPass } from "../worker/describe-error.js";
import { pauseProvider } from "../worker/pause-provider.js";
import { needsSomebody } from "../worker/provider-health.js";
import type { Tick } from "../worker/worker-parts.js";
import { closeBatch } from "./close-batch.js";
import { releaseBatch } from "./release-batch.js";
import { tendIntent } from "./tend-intent.js";
import { tendSubmitted } from "./tend-submitted.js";

/** So many batches are in hands at once: they are looked at one after the other. */
const BATCHES_AT_ONCE = 10;
const TROUBLE_DELAY_MS = 30_000;

/** Looks at every batch that is due: at those that run in this process, and at those that nobody else has in hands. */
export async function tendBatches(tick: Tick): Promise<void> {
  await tendEnded(tick);
  const { store, leaseMs } = tick.settings;
  for (const provider of tick.providers.tended) {
    while (!tick.stopping.aborted) {
      const claims = await tick.storeTime.learnFrom(
        () => store.ledger.claim({ provider, limit: BATCHES_AT_ONCE, leaseMs }),
        ([first]) => first,
      );
      if (claims.length === 0) break;
      for (const claim of claims) tick.leases.holdBatch(claim);
      for (const claim of claims) await tend(tick, claim);
    }
  }
}

/** Collects the batches that have run in this process, also when the worker is to stop. */
export async function tendEnded(tick: Tick): Promise<void> {
  for (const { claim, batchId, provider, remembered } of tick.held.ended()) {
    try {
      await tendSubmitted(tick, provider, claim, batchId, remembered);
    } catch (error) {
      tick.tellError("collecting a batch", error, { ref: claim.ref });
    }
  }
}

async function tend(tick: Tick, claim: BatchClaim): Promise<void> {
  const { submission } = claim.batch;
  const provider = tick.providers.forBatch(claim.batch);
  try {
    // It ran in a process that is gone, and nobody else can know of it.
    if (provider === undefined) await closeBatch(tick, claim, "orphaned", []);
    else if (submission.kind === "intended") await tendIntent(tick, provider, claim);
    else await tendSubmitted(tick, provider, claim, submission.batchId);
  } catch (error) {
    await putOff(tick, claim, error);
  } finally {
    if (!tick.held.has(claim.ref)) tick.leases.dropBatch(claim);
  }
}

/** A look that failed proves nothing: the batch stays as it is, and is looked at later. */
async function putOff(tick: Tick, claim: BatchClaim, error: unknown): Promise<void> {
  const { batchPollIntervalMs } = tick.settings;
  if (!tick.stopping.aborted) tick.tellError("looking after a batch", error, { ref: claim.ref });
  const failure = failureFrom(error, "server_error");
  const isTrouble = needsSomebody(codeOf(error) ?? "") && !mayPass(error);
  if (isTrouble) pauseProvider(tick, claim.batch.provider, failure);
  // A look costs nothing, and who has mended the account, or starts a worker to see what is wrong, wants to know soon.
  const pollMs = isTrouble ? Math.min(TROUBLE_DELAY_MS, batchPollIntervalMs) : batchPollIntervalMs;
  const delayMs = tick.stopping.aborted ? 0 : Math.max(pollMs, failure.retryAfterMs ?? 0);
  try {
    await releaseBatch(tick, claim, delayMs);
  } catch (again) {
    // The end of the lease brings it back.
    tick.tellError("giving a batch back", again, { ref: claim.ref });
  }
}
