import type { BatchClaim } from "@gro/queue";
import type { WorkerParts } from "../worker/worker-parts.js";

/** Gives a batch back, to be looked at again after so long. */
export async function releaseBatch(parts: WorkerParts, claim: BatchClaim, delayMs: number): Promise<void> {
  const wholeMs = Math.max(0, Math.ceil(delayMs));
  await parts.settings.store.ledger.release(claim, wholeMs);
  parts.leases.dropBatch(claim);
  parts.held.remove(claim.ref);
  parts.schedule.noteIn(wholeMs);
  await parts.point("batch-released");
}
