import type { BatchClaim, ClaimOutcome, KeyFailure } from "@gro/queue";
import { nameOf } from "../worker/names.js";
import type { ClosingReason } from "../worker/worker-events.js";
import type { WorkerParts } from "../worker/worker-parts.js";

/**
 * Ends a batch and calls the items that wait for it. They are called before it as well: a worker that dies in between must not leave
 * them asleep, and who comes too early finds the batch open and waits on.
 */
export async function closeBatch(
  parts: WorkerParts,
  claim: BatchClaim,
  reason: ClosingReason,
  failures: readonly KeyFailure[],
): Promise<ClaimOutcome> {
  const { queue, ledger } = parts.settings.store;
  await queue.wake(claim.ref);
  await parts.point("items-woken");
  const outcome = await ledger.close(claim, failures);
  await parts.point("batch-closed");
  await queue.wake(claim.ref);
  parts.leases.dropBatch(claim);
  parts.held.remove(claim.ref);
  const { submission } = claim.batch;
  if (submission.kind !== "intended") parts.finishedIds.add(submission.batchId);
  if (outcome === "ok") parts.tell("batchClosed", { ...nameOf(claim.batch), reason });
  return outcome;
}
