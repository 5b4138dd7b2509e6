import type { SummaryRequest } from "../summary-request.js";

/** A page to be summarized, as its host puts it into the queue. */
export interface NewQueueItem {
  readonly pageId: string;
  /** `contentHash(content)` of the page when it was queued. */
  readonly contentHash: string;
  /** For people and placeholders. @default "" */
  readonly label?: string | undefined;
  /** The host's lane, for example "assistant" or "tool". @default null */
  readonly lane?: string | null | undefined;
  /** How the page is to be summarized. @default {}: the worker's own settings */
  readonly request?: SummaryRequest | undefined;
}

/** A queued page. Plain data. */
export interface QueueItem {
  /** `itemIdOf(pageId, contentHash)`: the same page with the same content is the same item. */
  readonly id: string;
  readonly pageId: string;
  readonly contentHash: string;
  readonly label: string;
  readonly lane: string | null;
  /** When the store took it, in milliseconds since the epoch; set anew when it is revived and by `retry`. */
  readonly queuedAt: number;
  readonly request: SummaryRequest;
}

/** What became of one item of an `enqueue`. */
export interface EnqueueOutcome {
  readonly id: string;
  /**
   * `queued`: it is new. `duplicate`: the same page and content waits or is being worked on already, with its own request. Of one
   * that is claimed it is remembered, as `enqueue` says.
   * `revived`: it was a dead letter, and waits again, all of it as given now: label, lane, request and `queuedAt`.
   */
  readonly kind: "queued" | "duplicate" | "revived";
}

/** What finishes, extends or gives back an item: only the latest claim's token does. */
export interface ClaimToken {
  readonly itemId: string;
  /** Of this item and this claim alone: items that are claimed together have a token each. */
  readonly token: string;
}

/** An item in one worker's hands until its lease ends. */
export interface Claim extends ClaimToken {
  readonly item: QueueItem;
  /**
   * From this moment on the item is claimable again, in milliseconds since the epoch: `leaseMs` after the claim, by the clock of
   * `queuedAt`. Workers, whose own clocks may be wrong, learn the store's time from it.
   */
  readonly leaseEndsAt: number;
  /** How many leases in a row ended without a word from their worker, the last one included. 0 for a first claim. */
  readonly lapses: number;
}

/**
 * `ok`: it is done. A token is good until somebody else claims the item, even when its lease has ended by then: what was worked out
 * is kept. `lost`: the lease has ended and somebody else has the item, or the item was given back or finished by this token before.
 * Nothing was changed.
 */
export type ClaimOutcome = "ok" | "lost";

export interface ClaimRequest {
  /** The most items to claim: from 1. */
  readonly limit: number;
  /** How long the claims last, in milliseconds: a whole number from 1. */
  readonly leaseMs: number;
}

export interface ReleaseOptions {
  /** The item is claimable again after this many milliseconds: a whole number from 0. @default 0 */
  readonly delayMs?: number | undefined;
  /** A name that `wake` calls before the delay is over, for example of the batch that the item waits for. @default none */
  readonly wakeOn?: string | undefined;
}

/** Why an item ended without a summary. */
export interface DeadLetterReason {
  /** Stable, for programs: for example `page_missing` or `completion_refused`. */
  readonly code: string;
  /** For people: what happened and what to do. Never content, never a key. */
  readonly message: string;
}

export interface DeadLetter {
  readonly item: QueueItem;
  readonly reason: DeadLetterReason;
  /** Milliseconds since the epoch. */
  readonly diedAt: number;
}

/** Items by state. Their sum is what the store holds; finished items are not kept. */
export interface QueueStats {
  /** Claimable now: also those whose lease or delay has ended. */
  readonly ready: number;
  /** Released with a delay that is not over. */
  readonly waiting: number;
  /** In a worker's hands, their lease running. */
  readonly claimed: number;
  readonly dead: number;
  /** When the oldest item that is not dead was queued, in milliseconds since the epoch; `null` when there is none. */
  readonly oldestQueuedAt: number | null;
}

/**
 * The durable queue. A promise that resolves means that the change survives any crash.
 *
 * Lists keep their order: the outcome at an index belongs to the argument at this index. An empty list is answered with an
 * empty list. Each item of a list stands for itself: one that is lost does not keep the others from being done.
 */
export interface QueueStore {
  /**
   * Puts items into the queue, in order. The same page and content is held once, whoever queues it how often.
   *
   * What meets a claimed item, its lease running or over, counts as queued right behind the end of this claim: by then its worker may have
   * looked at a page that has been saved again since. The store remembers it with the item, in the same change that answers `duplicate`.
   * `complete` and `deadLetter` of this claim then make the item claimable again, as `retry` would: `queuedAt` now, lapses from 0, the
   * rest as it was. However often it was queued meanwhile, it comes back once. The next claim and `release` forget it: whoever has the
   * item then looks at the page anew.
   * @throws StoreError `invalid_page_id` or `invalid_item` before anything is queued, as `queueItemOf` does.
   */
  enqueue(items: readonly NewQueueItem[]): Promise<readonly EnqueueOutcome[]>;
  /**
   * Takes up to `limit` claimable items, oldest `queuedAt` first and, among equals, in the order of their enqueueing. An item is in one
   * claim at a time; when its lease ends, it is claimable again. So is one whose lease or delay began further in the future than it
   * lasts, and more than a minute: the clock was ahead then, and has been set right.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Prolongs leases to `leaseMs` from now. */
  extend(claims: readonly ClaimToken[], leaseMs: number): Promise<readonly ClaimOutcome[]>;
  /** The items are done and leave the store; those that were queued again meanwhile are claimable again, and also answer `ok`. */
  complete(claims: readonly ClaimToken[]): Promise<readonly ClaimOutcome[]>;
  /** Gives items back; their lapses count from 0 again. */
  release(claims: readonly ClaimToken[], options?: ReleaseOptions): Promise<readonly ClaimOutcome[]>;
  /**
   * Makes items that were released with `wakeOn: name` and whose delay is not over claimable now. Answers how many; 0 is no error.
   * The name is not remembered: an item released after the call waits for the next one, or for the end of its delay.
   */
  wake(name: string): Promise<number>;
  /**
   * Ends items without a summary; they stay readable and can be retried. Those that were queued again meanwhile are claimable again instead,
   * as a dead letter that is queued is, and also answer `ok`.
   */
  deadLetter(claims: readonly ClaimToken[], reason: DeadLetterReason): Promise<readonly ClaimOutcome[]>;
  /** Dead letters, the oldest death first, among equals in the order of dying. @param limit the most of them. @default all */
  deadLetters(limit?: number): Promise<readonly DeadLetter[]>;
  /**
   * Dead letters become claimable again, `queuedAt` now, lapses from 0. Ids of other items are passed over. Without ids, all; with an
   * empty list, none. Answers how many.
   */
  retry(itemIds?: readonly string[]): Promise<number>;
  stats(): Promise<QueueStats>;
  /**
   * Optional, for stores that are told of changes by others: calls the listener when items may have become claimable, soon and now and then
   * for nothing. It may miss some, so that whoever waits looks by the clock as well. Answers what ends it.
   */
  onClaimable?(listener: () => void): () => void;
}
