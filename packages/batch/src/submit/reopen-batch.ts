import type { BatchClaim } from "@gro/queue";
import type { Settlements } from "../advance/settlements.js";
import type { ItemInHand } from "../advance/item-in-hand.js";
import { knownAs, nameOf } from "../worker/names.js";
import type { Tick } from "../worker/worker-parts.js";
import type { Reread, Rereads } from "./rereads.js";
import { settleStep } from "./submit-batch.js";

/*
 * A batch whose results could not be read, when somebody wants some of its requests again:
 *
 *   given up ──reserve──▶ intended ──its id recorded──▶ submitted, reopened ──▶ its results are read again
 *                            └─the worker dies──▶ looked up in vain, closed: the requests still remember the batch
 *
 * Nothing is sent. Only when the provider does not know the batch any more, or its time is over, are the requests asked anew.
 */

/** Puts batches that were given up back into the ledger, with the requests that are wanted. Never rejects. */
export async function reopenAll(tick: Tick, rereads: Rereads, settlements: Settlements): Promise<void> {
  const all = rereads.take();
  if (all.length === 0) return;
  for (const reread of all) {
    const opened = await reopen(tick, reread);
    settle(reread, settlements, (item, key) => {
      const ref = opened?.holders.get(key);
      if (ref === undefined) item.comeBack(tick.settings.pollIntervalMs);
      else item.waitFor(ref, key);
    });
    // The items before the batch: while it is in hands, it cannot end without calling them.
    await settlements.flush();
    if (opened !== undefined && opened.claim !== null) await giveBack(tick, opened.claim);
  }
  // They are due at once.
  tick.schedule.nudge();
}

interface Opened {
  /** `null` when other batches have all of the keys by now. */
  readonly claim: BatchClaim | null;
  /** The ref of the batch that has a key. */
  readonly holders: ReadonlyMap<string, string>;
}

/** `undefined` when the store failed: a batch that it has taken is found by the end of its lease. */
async function reopen(tick: Tick, { batch, modelId, steps }: Reread): Promise<Opened | undefined> {
  const { store, leaseMs, randomId } = tick.settings;
  const { storeTime } = tick;
  const intent = { ref: randomId(), provider: batch.provider, modelId, keys: [...steps.keys()] };
  try {
    const { claim, held } = await storeTime.learnFrom(
      () => store.ledger.reserve(intent, leaseMs),
      (reservation) => reservation.claim,
    );
    if (claim === null) return { claim, holders: held };
    tick.tell("batchReserved", nameOf(claim.batch));
    await tick.point("batch-reserved");
    const { batchId } = batch;
    const submission = { kind: "submitted", batchId, since: storeTime.now(), isReopened: true } as const;
    await store.ledger.record(claim, { submission });
    await tick.point("submission-recorded");
    tick.tell("batchAdopted", { ...knownAs(claim.batch, batchId), isCertain: true });
    const own = claim.batch.keys.map((key) => [key, claim.ref] as const);
    return { claim, holders: new Map([...held, ...own]) };
  } catch (error) {
    tick.tellError("opening a batch again", error);
    return undefined;
  }
}

async function giveBack(tick: Tick, claim: BatchClaim): Promise<void> {
  try {
    await tick.settings.store.ledger.release(claim, 0);
    await tick.point("batch-released");
  } catch (error) {
    // The end of the lease brings it back.
    tick.tellError("giving a batch back", error, { ref: claim.ref });
  }
}

function settle(
  { steps }: Reread,
  settlements: Settlements,
  tell: (item: ItemInHand, key: string) => void,
): void {
  for (const pooled of steps.values()) settleStep(settlements, pooled, tell);
}
