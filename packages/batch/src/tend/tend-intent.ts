import type { BatchClaim } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import { knownAs } from "../worker/names.js";
import type { Tick } from "../worker/worker-parts.js";
import { closeBatch } from "./close-batch.js";
import { decideIntent } from "./decide-intent.js";
import { notedTime } from "./noted-time.js";
import { releaseBatch } from "./release-batch.js";

/*
 * An intent whose submitter died, or got no answer:
 *
 *   intended ──found for certain──────▶ submitted
 *      ├─something like it found──────▶ candidate: its keys stay held until its results tell
 *      ├─nothing found, grace not over─▶ looked up again
 *      └─nothing found, grace over────▶ closed: its keys may be sent again
 */
export async function tendIntent(tick: Tick, provider: BatchProvider, claim: BatchClaim): Promise<void> {
  const { store, orphanGraceMs } = tick.settings;
  const { storeTime } = tick;
  const { batch } = claim;
  const claimedAt = storeTime.claimedAt(claim);
  // What runs in this process is known to it at once, or never.
  const graceMs = provider.whenEnded === undefined ? orphanGraceMs : 0;
  const known = notedTime(batch.submission.since, batch, claimedAt);
  const since = known ?? storeTime.now();
  // From now on everybody knows how long it is being looked for, also those who come after this worker.
  if (known === undefined) await store.ledger.record(claim, { submission: { kind: "intended", since } });

  const requestCount = batch.keys.length;
  const lookUp = { ref: batch.ref, since: batch.reservedAt, now: storeTime.now(), requestCount };
  const found = await provider.find(lookUp, tick.stopping);
  const others = await takenIds(tick, batch.ref);
  const isTaken = (batchId: string) => others.has(batchId) || tick.finishedIds.has(batchId);
  const decision = decideIntent({ batch, found, isTaken, since, claimedAt, graceMs });
  switch (decision.kind) {
    case "adopt": {
      const { batchId } = decision;
      await store.ledger.record(claim, {
        submission: { kind: "submitted", batchId, since: storeTime.now() },
      });
      await tick.point("batch-adopted");
      tick.tell("batchAdopted", { ...knownAs(batch, batchId), isCertain: true });
      for (const duplicate of decision.duplicates) await cancelDuplicate(tick, provider, claim, duplicate);
      return releaseBatch(tick, claim, 0);
    }
    case "suspect": {
      const { batchId } = decision;
      await store.ledger.record(claim, { submission: { kind: "candidate", batchId, since } });
      await tick.point("candidate-recorded");
      tick.tell("batchAdopted", { ...knownAs(batch, batchId), isCertain: false });
      return releaseBatch(tick, claim, 0);
    }
    case "give-up":
      await closeBatch(tick, claim, provider.whenEnded === undefined ? "not_created" : "orphaned", []);
      return;
    case "look-again":
      return releaseBatch(tick, claim, decision.afterMs);
  }
}

/** The provider's batches that are known to be others of ours. */
async function takenIds(tick: Tick, ownRef: string): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  for (const { ref, submission } of await tick.settings.store.ledger.openBatches()) {
    if (ref !== ownRef && submission.kind === "submitted") taken.add(submission.batchId);
  }
  return taken;
}

async function cancelDuplicate(
  tick: Tick,
  provider: BatchProvider,
  { batch }: BatchClaim,
  batchId: string,
): Promise<void> {
  try {
    await provider.cancel(batchId, tick.stopping);
    tick.tell("batchCanceled", { ...knownAs(batch, batchId), reason: "duplicate" });
  } catch (error) {
    tick.tellError("canceling a batch that was created twice", error, { ref: batch.ref });
  }
}
