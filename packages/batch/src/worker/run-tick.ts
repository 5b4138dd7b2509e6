import { Turns } from "@gro/summarizer/executor";
import type { Tokenizer, Warning } from "@gro/summarizer";
import { advanceItems } from "../advance/advance-items.js";
import { heldBackName } from "../advance/item-in-hand.js";
import { tendBatches, tendEnded } from "../tend/tend-batches.js";
import { nothingCounted, type TickReport } from "./tick-report.js";
import type { Tick, WorkerParts } from "./worker-parts.js";

/** The tokenizer that counts, and what is to be said of it. */
export interface ReadyForTicks {
  readonly tokenizer: Tokenizer;
  readonly warnings: readonly Warning[];
}

function tickOf(parts: WorkerParts, ready: ReadyForTicks): Tick {
  const counts = nothingCounted();
  const tellError: WorkerParts["tellError"] = (...error) => {
    counts.errors += 1;
    parts.tellError(...error);
  };
  return { ...parts, ...ready, tellError, counts, turns: new Turns(), pages: { trouble: undefined } };
}

/**
 * Looks at everything once: first the batches, so that what they bring is used at once, then the items, for as long as batches may wait. All that it knows, it reads
 * from the store: any worker goes on where another was killed. Rejects when the store cannot be claimed from, or has not a single page.
 */
export async function runTick(parts: WorkerParts, ready: ReadyForTicks): Promise<TickReport> {
  const tick = tickOf(parts, ready);
  parts.schedule.begin();
  await callHeldBack(parts);
  await tendBatches(tick);
  await advanceItems(tick);
  const report = { ...tick.counts };
  parts.tell("tickDone", report);
  if (tick.pages.trouble !== undefined) throw tick.pages.trouble;
  return report;
}

/** A worker that starts tries once what an earlier one held back, and learns why it was. */
async function callHeldBack({ settings, providers, calledHeldBack }: WorkerParts): Promise<void> {
  for (const id of providers.own) {
    if (calledHeldBack.has(id)) continue;
    await settings.store.queue.wake(heldBackName(id));
    calledHeldBack.add(id);
  }
}

/** Ends what runs in this process and collects what it has brought, when the worker stops. Never rejects. */
export async function endHeldBatches(parts: WorkerParts, ready: ReadyForTicks): Promise<void> {
  const tick = tickOf({ ...parts, stopping: new AbortController().signal }, ready);
  for (const { provider, batchId, claim } of parts.held.all()) {
    try {
      await provider.cancel(batchId);
      await provider.whenEnded?.(batchId);
    } catch (error) {
      tick.tellError("ending a batch", error, { ref: claim.ref });
    }
  }
  await tendEnded(tick);
  // What could not be collected is free when its lease ends; what was answered is in the memo.
  for (const { claim } of parts.held.all()) {
    parts.leases.dropBatch(claim);
    parts.held.remove(claim.ref);
  }
}
