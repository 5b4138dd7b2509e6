import type { Step } from "@gro/summarizer/executor";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { ItemInHand } from "../advance/item-in-hand.js";

/** A step that is to be asked. */
export interface WantedStep {
  readonly step: Step;
  /** Whether it has failed before: it is asked again. */
  readonly hasFailed: boolean;
}

/** A step on its way into a batch, with the items that wait for it. */
export interface PooledStep extends WantedStep {
  readonly bytes: number;
  readonly items: ItemInHand[];
}

/** Sizes of one batch. */
export interface BatchRoom {
  readonly maxRequests: number;
  readonly maxBytes: number;
}

/**
 * Steps that share batches: of one model, and under the same suspicion of being what had earlier batches turned down. Each step is
 * in it once, however many documents need it.
 */
export class Pool {
  private readonly steps = new Map<string, PooledStep>();
  private bytes = 0;

  constructor(
    readonly provider: BatchProvider,
    private readonly room: () => BatchRoom,
    /** Whether items chose the model themselves. */
    readonly hasOwnModel: boolean,
  ) {}

  add({ step, hasFailed }: WantedStep, item: ItemInHand): void {
    item.pooled += 1;
    const known = this.steps.get(step.key);
    if (known !== undefined) {
      known.items.push(item);
      return;
    }
    const { key, request } = step;
    const bytes = this.provider.sizeOf({ key, request });
    this.steps.set(key, { step, hasFailed, bytes, items: [item] });
    this.bytes += bytes;
  }

  get isEmpty(): boolean {
    return this.steps.size === 0;
  }

  /** Whether it fills a batch. */
  get isFull(): boolean {
    const { maxRequests, maxBytes } = this.room();
    return this.steps.size >= maxRequests || this.bytes >= maxBytes;
  }

  /** Takes out as many steps as a batch holds, at least one. They were added first. */
  take(): PooledStep[] {
    const { maxRequests, maxBytes } = this.room();
    const taken: PooledStep[] = [];
    let bytes = 0;
    for (const [key, pooled] of this.steps) {
      if (taken.length > 0 && (taken.length >= maxRequests || bytes + pooled.bytes > maxBytes)) break;
      taken.push(pooled);
      bytes += pooled.bytes;
      this.bytes -= pooled.bytes;
      this.steps.delete(key);
    }
    return taken;
  }
}
