import type { Clock } from "@gro/summarizer";
import type { BatchClaim, Claim, ClaimToken, DurableStore } from "@gro/queue";

/** Leases are prolonged this often before they end, so that two late or failed attempts cost nothing. */
const BEATS_PER_LEASE = 3;

interface HeldBatchClaim {
  readonly claim: BatchClaim;
  readonly onLost: (() => void) | undefined;
  isUnderWay: boolean;
}

/**
 * Keeps what a worker has claimed for as long as it works on it: a lease is short, so that what a dead worker had is soon free again,
 * and work may be long. Has a timer only while something is held. No call waits for another: one that hangs, as behind a host's
 * transaction that has an item's row locked, would end the lease of a batch that is being sent, and somebody else would send it again.
 */
export class Leases {
  private readonly items = new Map<string, ClaimToken>();
  private readonly batches = new Map<string, HeldBatchClaim>();
  private readonly lost = new Set<string>();
  private areItemsUnderWay = false;
  private timer: AbortController | undefined;

  constructor(
    private readonly store: Pick<DurableStore, "queue" | "ledger">,
    private readonly clock: Clock,
    private readonly leaseMs: number,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  holdItems(claims: readonly Claim[]): void {
    for (const { itemId, token } of claims) this.items.set(token, { itemId, token });
    this.start();
  }

  dropItems(claims: readonly ClaimToken[]): void {
    for (const { token } of claims) {
      this.items.delete(token);
      this.lost.delete(token);
    }
    this.stopWhenIdle();
  }

  /** @param onLost called when somebody else has the batch, as after this process stood still for too long */
  holdBatch(claim: BatchClaim, onLost?: () => void): void {
    this.batches.set(claim.token, { claim, onLost, isUnderWay: false });
    this.start();
  }

  dropBatch({ token }: { readonly token: string }): void {
    this.batches.delete(token);
    this.stopWhenIdle();
  }

  /** Whether the item went to another worker. */
  isLost({ token }: ClaimToken): boolean {
    return this.lost.has(token);
  }

  private start(): void {
    if (this.timer !== undefined || this.items.size + this.batches.size === 0) return;
    const timer = new AbortController();
    this.timer = timer;
    void this.beat(timer.signal);
  }

  private stopWhenIdle(): void {
    if (this.items.size + this.batches.size > 0) return;
    this.timer?.abort();
    this.timer = undefined;
  }

  private async beat(signal: AbortSignal): Promise<void> {
    const everyMs = Math.max(1, Math.floor(this.leaseMs / BEATS_PER_LEASE));
    while (!signal.aborted) {
      const isOver = await this.clock.sleep(everyMs, signal).then(
        () => false,
        () => true,
      );
      if (isOver || signal.aborted) return;
      this.extendAll();
    }
  }

  /** Begins to extend everything whose latest extension is over. A store that fails is told once. */
  private extendAll(): void {
    let isTold = false;
    const failed = (error: unknown) => {
      if (!isTold) this.onFailure(error);
      isTold = true;
    };
    void this.extendItems().catch(failed);
    for (const held of this.batches.values()) void this.extendBatch(held).catch(failed);
  }

  private async extendItems(): Promise<void> {
    const items = [...this.items.values()];
    if (this.areItemsUnderWay || items.length === 0) return;
    this.areItemsUnderWay = true;
    try {
      const outcomes = await this.store.queue.extend(items, this.leaseMs);
      for (const [index, item] of items.entries()) {
        if (outcomes[index] === "lost" && this.items.delete(item.token)) this.lost.add(item.token);
      }
    } finally {
      this.areItemsUnderWay = false;
    }
  }

  private async extendBatch(held: HeldBatchClaim): Promise<void> {
    if (held.isUnderWay) return;
    held.isUnderWay = true;
    try {
      const outcome = await this.store.ledger.extend(held.claim, this.leaseMs);
      // Who holds it in another way since hears of it at the next beat.
      if (outcome !== "lost" || this.batches.get(held.claim.token) !== held) return;
      this.batches.delete(held.claim.token);
      held.onLost?.();
    } finally {
      held.isUnderWay = false;
    }
  }
}
