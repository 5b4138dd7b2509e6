import type { BatchClaim } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { WorkerParts } from "../worker/worker-parts.js";

/** A batch whose work this process does: nobody else can look after it, so it stays in this worker's hands until its end. */
export interface HeldBatch {
  readonly claim: BatchClaim;
  readonly batchId: string;
  readonly provider: BatchProvider;
  /** Keys whose completions are in the memo already. */
  readonly remembered: ReadonlySet<string>;
}

/** The batches that run in this process. While they do, their leases are prolonged: a lease that ends says that the process is gone. */
export class HeldBatches {
  private readonly batches = new Map<string, HeldBatch>();
  private readonly endedRefs = new Set<string>();

  keep(parts: WorkerParts, batch: HeldBatch): void {
    const { claim, batchId, provider } = batch;
    const { ref } = claim;
    this.batches.set(ref, batch);
    parts.leases.dropBatch(claim);
    parts.leases.holdBatch(claim, () => {
      // This process stood still for so long that others took it for dead and ask the keys anew.
      this.remove(ref);
      provider
        .cancel(batchId)
        .catch((error: unknown) => parts.tellError("canceling a batch", error, { ref }));
    });
    const ended = () => {
      if (!this.batches.has(ref)) return;
      this.endedRefs.add(ref);
      parts.schedule.nudge();
    };
    provider.whenEnded?.(batchId).then(ended, ended);
  }

  has(ref: string): boolean {
    return this.batches.has(ref);
  }

  remove(ref: string): void {
    this.batches.delete(ref);
    this.endedRefs.delete(ref);
  }

  all(): readonly HeldBatch[] {
    return [...this.batches.values()];
  }

  /** Those that can be collected. */
  ended(): readonly HeldBatch[] {
    return this.all().filter(({ claim }) => this.endedRefs.has(claim.ref));
  }
}
