import type { BatchRecord } from "@gro/queue";
import type { BatchName, KnownBatch } from "./worker-events.js";

/** A batch as events name it. */
export function nameOf({ ref, provider, modelId, keys }: BatchRecord): BatchName {
  return { ref, provider, modelId, requests: keys.length };
}

export function knownAs(batch: BatchRecord, batchId: string): KnownBatch {
  return { ...nameOf(batch), batchId };
}
