import { isFromAhead, mayBeFromAhead } from "../clock-set-back.js";
import type { QueueItem, QueueStats } from "../ports/queue-store.js";
import { Heap } from "./heap.js";
import { byAge, byClaimableAt, type QueueEntry } from "./queue-entry.js";

/** The items of a queue that are not dead. Every entry lies in one of two heaps, so that a claim looks at no more than it takes. */
export class LiveItems {
  readonly #entries = new Map<string, QueueEntry>();
  readonly #ready = new Heap(byAge);
  /** Leases and delays that may not be over. */
  readonly #later = new Heap(byClaimableAt);
  readonly #sleepers = new Map<string, Set<QueueEntry>>();
  readonly #now: () => number;
  /** When the latest lease or delay began. */
  #latestRest = -Infinity;
  #order = 0;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  get(itemId: string): QueueEntry | undefined {
    return this.#entries.get(itemId);
  }

  add(item: QueueItem): void {
    const entry: QueueEntry = {
      ...{ item, order: this.#order++, claimableAt: -Infinity, restsSince: -Infinity },
      ...{ token: undefined, lapses: 0, isQueuedAgain: false, wakeOn: undefined },
    };
    this.#entries.set(item.id, entry);
    this.#ready.push(entry);
  }

  /** The entry, if this is the token of its latest claim. */
  heldBy({ itemId, token }: { readonly itemId: string; readonly token: string }): QueueEntry | undefined {
    const entry = this.#entries.get(itemId);
    return entry?.token === token ? entry : undefined;
  }

  /** The next entry that is claimable at `now`, out of both heaps: `rest` must follow. */
  takeNext(now: number): QueueEntry | undefined {
    for (
      let due = this.#later.peek();
      due !== undefined && due.claimableAt <= now;
      due = this.#later.peek()
    ) {
      this.#later.remove(due);
      this.#ready.push(due);
    }
    for (let entry = this.#ready.pop(); entry !== undefined; entry = this.#ready.pop()) {
      if (entry.claimableAt <= now) return entry;
      // The clock was set back.
      this.#later.push(entry);
    }
    return undefined;
  }

  /** Puts an entry aside until `claimableAt`, or until `wakeOn` is called. */
  rest(entry: QueueEntry, claimableAt: number, wakeOn?: string): void {
    this.#takeOut(entry);
    entry.restsSince = this.#now();
    // What waits for nothing is not hidden by a clock that is set back later.
    entry.claimableAt = claimableAt <= entry.restsSince ? -Infinity : claimableAt;
    this.#latestRest = Math.max(this.#latestRest, entry.restsSince);
    entry.wakeOn = wakeOn;
    this.#later.push(entry);
    if (wakeOn === undefined) return;
    const sleepers = this.#sleepers.get(wakeOn);
    if (sleepers === undefined) this.#sleepers.set(wakeOn, new Set([entry]));
    else sleepers.add(entry);
  }

  /** Makes the entries that wait for `name` claimable; answers how many were not yet. */
  wake(name: string, now: number): number {
    const sleepers = [...(this.#sleepers.get(name) ?? [])].filter((entry) => entry.claimableAt > now);
    for (const entry of sleepers) this.rest(entry, now);
    return sleepers.length;
  }

  /** Makes claimable what was claimed or put off by a clock that was ahead. */
  recall(now: number): void {
    if (!mayBeFromAhead(this.#latestRest, now)) return;
    for (const entry of this.#entries.values()) {
      if (!isFromAhead(entry.restsSince, entry.claimableAt, now)) continue;
      this.#takeOut(entry);
      entry.claimableAt = entry.restsSince = -Infinity;
      entry.wakeOn = undefined;
      this.#ready.push(entry);
    }
    this.#latestRest = now;
  }

  remove(entry: QueueEntry): void {
    this.#takeOut(entry);
    this.#entries.delete(entry.item.id);
  }

  stats(now: number): Omit<QueueStats, "dead"> {
    const stats = { ready: 0, waiting: 0, claimed: 0 };
    let oldestQueuedAt: number | null = null;
    for (const { item, claimableAt, token } of this.#entries.values()) {
      stats[claimableAt <= now ? "ready" : token === undefined ? "waiting" : "claimed"]++;
      oldestQueuedAt = Math.min(oldestQueuedAt ?? item.queuedAt, item.queuedAt);
    }
    return { ...stats, oldestQueuedAt };
  }

  #takeOut(entry: QueueEntry): void {
    if (!this.#ready.remove(entry)) this.#later.remove(entry);
    if (entry.wakeOn === undefined) return;
    const sleepers = this.#sleepers.get(entry.wakeOn);
    sleepers?.delete(entry);
    if (sleepers?.size === 0) this.#sleepers.delete(entry.wakeOn);
  }
}
