import type { QueueEntry } from "./queue-entry.js";
import { RankedHeap } from "./ranked-heap.js";

/** Below this there is no point in clearing out. */
const FEW = 1024;

/**
 * Finds the item to claim next. Every change of an item adds it here once more, and what does not hold any longer is passed over
 * when it comes up: the answer depends on the entries alone, never on the way here.
 */
export class ClaimOrder {
  /** By `queuedAt`. */
  readonly #ready = new RankedHeap();
  /** By `availableAt`. */
  readonly #later = new RankedHeap();
  readonly #entries: ReadonlyMap<number, QueueEntry>;

  constructor(entries: ReadonlyMap<number, QueueEntry>) {
    this.#entries = entries;
  }

  /** Must be told of every new or changed entry. */
  add(entry: QueueEntry): void {
    this.#put(entry);
    if (this.#ready.size + this.#later.size > 2 * this.#entries.size + FEW) this.#rebuild();
  }

  /** Whether an entry is claimable. */
  hasNext(now: number): boolean {
    return this.#next(now) !== undefined;
  }

  /** Takes out the oldest claimable entry, `undefined` when there is none. It must be changed and added again. */
  takeNext(now: number): QueueEntry | undefined {
    const entry = this.#next(now);
    if (entry !== undefined) this.#ready.pop();
    return entry;
  }

  #next(now: number): QueueEntry | undefined {
    this.#wakeUp(now);
    for (let top = this.#ready.topNumber; top !== undefined; top = this.#ready.topNumber) {
      const entry = this.#entries.get(top);
      if (entry !== undefined && entry.availableAt <= now) return entry;
      this.#ready.pop();
      // Claimed in the meantime, or the clock was set back: it comes up again when its time has come.
      if (entry !== undefined) this.#later.push(entry.availableAt, entry.number);
    }
    return undefined;
  }

  #wakeUp(now: number): void {
    for (let due = this.#later.topRank; due !== undefined && due <= now; due = this.#later.topRank) {
      const entry = this.#entries.get(this.#later.topNumber ?? 0);
      this.#later.pop();
      if (entry?.availableAt === due) this.#ready.push(entry.queuedAt, entry.number);
    }
  }

  #put(entry: QueueEntry): void {
    if (entry.availableAt === 0) this.#ready.push(entry.queuedAt, entry.number);
    else this.#later.push(entry.availableAt, entry.number);
  }

  #rebuild(): void {
    this.#ready.clear();
    this.#later.clear();
    for (const entry of this.#entries.values()) this.#put(entry);
  }
}
