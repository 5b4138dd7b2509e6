import type { Step } from "@gro/summarizer/executor";
import type { UnreadBatch } from "@gro/queue";
import type { ItemInHand } from "../advance/item-in-hand.js";
import type { PooledStep } from "./pool.js";

/** Steps whose answers lie in one batch that was given up. */
export interface Reread {
  readonly batch: UnreadBatch;
  readonly modelId: string;
  readonly steps: ReadonlyMap<string, Pick<PooledStep, "step" | "items">>;
}

/** The steps of one tick whose paid answers are to be read again, by batch. */
export class Rereads {
  private readonly byBatch = new Map<string, Reread & { readonly steps: Map<string, PooledReread> }>();

  add(batch: UnreadBatch, modelId: string, step: Step, item: ItemInHand): void {
    item.pooled += 1;
    const name = `${batch.provider} ${batch.batchId} ${modelId}`;
    const reread = this.byBatch.get(name) ?? { batch, modelId, steps: new Map<string, PooledReread>() };
    this.byBatch.set(name, reread);
    const known = reread.steps.get(step.key);
    if (known === undefined) reread.steps.set(step.key, { step, items: [item] });
    else known.items.push(item);
  }

  /** Takes out everything. */
  take(): readonly Reread[] {
    const all = [...this.byBatch.values()];
    this.byBatch.clear();
    return all;
  }
}

type PooledReread = Pick<PooledStep, "step" | "items">;
