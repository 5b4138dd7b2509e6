import type { BatchClaim } from "@gro/queue";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import type { BatchProvider } from "../ports/batch-provider.js";
import { knownAs } from "../worker/names.js";
import type { Tick } from "../worker/worker-parts.js";
import { blame } from "./blame.js";
import { closeBatch } from "./close-batch.js";
import { collectBatch } from "./collect-batch.js";
import { decideStatus } from "./decide-status.js";
import { forgetMissing, isInDoubt, noteMissing } from "./missing.js";
import { releaseBatch } from "./release-batch.js";
import { ruleOut } from "./rule-out.js";
import { turnedDown } from "./turned-down.js";

/*
 * A batch whose name at the provider is known, or supposed:
 *
 *   submitted ──running──▶ polled again; canceled once when its deadline is over
 *      ├─ended────────────▶ collected
 *      ├─turned down──────▶ closed: later, or in smaller batches, or one request to blame
 *      └─not known────────▶ looked at again; closed when it stays so, and nothing speaks against it: its keys are asked again
 */
export async function tendSubmitted(
  tick: Tick,
  provider: BatchProvider,
  taken: BatchClaim,
  batchId: string,
  remembered: ReadonlySet<string> = new Set(),
): Promise<void> {
  const { batchPollIntervalMs, orphanGraceMs, batchDeadline, resultsPatienceMs } = tick.settings;
  const status = await provider.status(batchId, tick.stopping);
  const runsHere = provider.whenEnded !== undefined;
  const claim = status.kind === "missing" ? taken : await forgetMissing(tick, taken);
  const { batch } = claim;
  const now = tick.storeTime.now();
  const claimedAt = tick.storeTime.claimedAt(claim);
  const decide = (isDoubtful: boolean) =>
    decideStatus({
      ...{ batch, status, now, claimedAt, runsHere, isDoubtful },
      ...{ pollMs: batchPollIntervalMs, graceMs: orphanGraceMs, patienceMs: resultsPatienceMs },
      mayCancel: batchDeadline !== undefined && !tick.canceledRefs.has(batch.ref),
    });
  let decision = decide(false);
  const isGone = decision.kind === "vanished" || (status.kind === "missing" && decision.kind === "rule-out");
  if (isGone && !runsHere && (await isInDoubt(tick, provider, claim, batchId))) decision = decide(true);
  switch (decision.kind) {
    case "poll-again":
      // Nobody else can look after what runs here.
      if (runsHere) {
        tick.held.keep(tick, { claim, batchId, provider, remembered });
        return;
      }
      return releaseBatch(tick, claim, decision.afterMs);
    case "cancel":
      await provider.cancel(batchId, tick.stopping);
      tick.canceledRefs.add(batch.ref);
      tick.tell("batchCanceled", { ...knownAs(batch, batchId), reason: "deadline" });
      return releaseBatch(tick, claim, decision.afterMs);
    case "collect":
      return collectBatch(tick, provider, claim, { batchId, ...decision }, remembered);
    case "turned-down":
      return turnedDown(tick, provider, claim, decision.failure);
    case "look-again": {
      const { since, looks, afterMs } = decision;
      await noteMissing(tick, claim, since, looks);
      return releaseBatch(tick, claim, afterMs);
    }
    case "vanished": {
      const message = "The provider does not know the batch any more.";
      const failures = blame(batch.keys, BATCH_FAILURES.vanished, message);
      // What a dead process was at is nobody's failure.
      await closeBatch(tick, claim, runsHere ? "orphaned" : "vanished", runsHere ? [] : failures);
      return;
    }
    case "rule-out":
      return ruleOut(tick, claim, batchId);
  }
}
