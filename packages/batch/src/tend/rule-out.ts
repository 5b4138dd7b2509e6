import type { BatchClaim } from "@gro/queue";
import { knownAs } from "../worker/names.js";
import type { Tick } from "../worker/worker-parts.js";
import { releaseBatch } from "./release-batch.js";

/** A batch that might have been this one is another's: the intent is as open as before. */
export async function ruleOut(tick: Tick, claim: BatchClaim, batchId: string): Promise<void> {
  const { batch } = claim;
  const { since } = batch.submission;
  const submission = { kind: "intended", since: since ?? tick.storeTime.now() } as const;
  await tick.settings.store.ledger.record(claim, { submission, ruledOut: batchId });
  await tick.point("candidate-ruled-out");
  tick.tell("batchRuledOut", knownAs(batch, batchId));
  await releaseBatch(tick, claim, 0);
}
