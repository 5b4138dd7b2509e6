import type { QueueItem } from "../ports/queue-store.js";

/**
 * A live item. From `claimableAt` on anybody may claim it; before, it is `claimed` when it has a token and `waiting` when it has
 * none. A token outlives its lease until somebody else claims the item.
 */
export interface QueueEntry {
  readonly item: QueueItem;
  /** Counts up with every item that the queue takes. */
  readonly order: number;
  claimableAt: number;
  /** When the lease or the delay that ends at `claimableAt` began. */
  restsSince: number;
  token: string | undefined;
  lapses: number;
  /** Since it was claimed. */
  isQueuedAgain: boolean;
  wakeOn: string | undefined;
}

/** The order of claims: oldest `queuedAt` first, then as they were queued. */
export function byAge(left: QueueEntry, right: QueueEntry): number {
  return left.item.queuedAt - right.item.queuedAt || left.order - right.order;
}

/** The order in which leases and delays end. */
export function byClaimableAt(left: QueueEntry, right: QueueEntry): number {
  return left.claimableAt - right.claimableAt || left.order - right.order;
}
