import type { BatchRecord } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import { knownAs } from "../worker/names.js";
import type { WorkerParts } from "../worker/worker-parts.js";

/**
 * Ends a batch that was created after somebody else had taken over its intent, unless that other worker has found it and made it its own.
 * Its keys may be with another batch by now, and nobody would fetch its results.
 */
export async function cancelUnwanted(
  parts: WorkerParts,
  provider: BatchProvider,
  batch: BatchRecord,
  batchId: string,
): Promise<void> {
  const open = await parts.settings.store.ledger.openBatches();
  const isAdopted = open.some(
    ({ submission }) => submission.kind !== "intended" && submission.batchId === batchId,
  );
  if (isAdopted) return;
  // Its intent is still open: the look-up will find it.
  if (open.some(({ ref }) => ref === batch.ref)) return;
  try {
    await provider.cancel(batchId, parts.stopping);
    parts.tell("batchCanceled", { ...knownAs(batch, batchId), reason: "taken_over" });
  } catch (error) {
    parts.tellError("canceling a batch that somebody else has sent again", error, { ref: batch.ref });
  }
}
