import {
  isFromAhead,
  mayBeFromAhead,
  type ClaimOutcome,
  type EnqueueOutcome,
  type QueueStats,
} from "@gro/queue";
import type {
  ClaimRecord,
  CompleteRecord,
  DeadLetterRecord,
  EnqueueRecord,
  ExtendRecord,
  HeldItems,
  ItemFields,
  ReleaseRecord,
  RetryRecord,
  WakeRecord,
} from "../records.js";
import { ClaimOrder } from "./claim-order.js";
import { ItemNumbers } from "./item-numbers.js";
import { tokenOf, weightOf, type DeadEntry, type QueueEntry } from "./queue-entry.js";
import { Sleepers } from "./sleepers.js";

/** What the queue is at one moment, as a snapshot keeps it. */
export interface QueueContents {
  readonly nextNumber: number;
  readonly live: readonly QueueEntry[];
  /** In the order of their deaths. */
  readonly dead: readonly DeadEntry[];
}

type Rest = Pick<QueueEntry, "availableAt" | "restsSince">;

/** Of an item that waits for nothing. */
const NO_REST: Rest = { availableAt: 0, restsSince: null };

function resting(since: number, milliseconds: number): Rest {
  return { availableAt: since + milliseconds, restsSince: since };
}

/** The queue: what records made of it, in their order. Knows no time but theirs, and no files. */
export class QueueState {
  readonly #live = new Map<number, QueueEntry>();
  readonly #dead = new Map<number, DeadEntry>();
  readonly #numbers = new ItemNumbers((number) => (this.#live.get(number) ?? this.#dead.get(number))?.fields);
  readonly #order = new ClaimOrder(this.#live);
  readonly #sleepers = new Sleepers();
  /** When the latest lease or delay began. */
  #latestRest = 0;
  #nextNumber = 1;
  #weight = 0;

  /** About how many bytes all of it takes in a file. */
  get weight(): number {
    return this.#weight;
  }

  /** What became of each item. */
  enqueue({ at, items, marks = false }: EnqueueRecord): EnqueueOutcome["kind"][] {
    return items.map((fields) => this.#take(fields, at, marks));
  }

  /** Whether it would change nothing to queue the item: it is in the queue, and not in a claim that does not know of it. */
  isQueued({ pageId, contentHash }: Pick<ItemFields, "pageId" | "contentHash">): boolean {
    const entry = this.#live.get(this.#numbers.find(pageId, contentHash) ?? 0);
    return entry !== undefined && (entry.token === null || entry.isQueuedAgain);
  }

  hasClaimable(now: number): boolean {
    return this.#order.hasNext(now);
  }

  /** Whether something was claimed or put off by a clock that was ahead. */
  hasFromAhead(now: number): boolean {
    // Every claim asks this, and nearly never there is anything to look for.
    return mayBeFromAhead(this.#latestRest, now) && this.#fromAhead(now).length > 0;
  }

  claim({ at, token, limit, leaseMs, recalls = false }: ClaimRecord): QueueEntry[] {
    if (recalls) this.#recall(at);
    const claimed: QueueEntry[] = [];
    while (claimed.length < limit) {
      const entry = this.#order.takeNext(at);
      if (entry === undefined) break;
      const lapses = entry.token === null ? entry.lapses : entry.lapses + 1;
      const rest = resting(at, leaseMs);
      const changed: QueueEntry = { ...entry, ...rest, token, lapses, isQueuedAgain: false, wakeOn: null };
      this.#replace(entry, changed);
      claimed.push(changed);
    }
    return claimed;
  }

  /** The live item, if this is what its latest claimer got as token. */
  heldBy(itemId: string, token: string): QueueEntry | undefined {
    const entry = this.#live.get(this.#numberOf(itemId) ?? 0);
    if (entry === undefined || entry.token === null) return undefined;
    return tokenOf(entry.token, entry.number) === token ? entry : undefined;
  }

  extend({ at, held, leaseMs }: ExtendRecord): ClaimOutcome[] {
    return this.#finish(held, (entry) => this.#replace(entry, { ...entry, ...resting(at, leaseMs) }));
  }

  complete({ at, held }: CompleteRecord): ClaimOutcome[] {
    return this.#finish(held, (entry) => this.#end(entry, at));
  }

  release({ at, held, delayMs, wakeOn: name }: ReleaseRecord): ClaimOutcome[] {
    const rest = delayMs === 0 ? NO_REST : resting(at, delayMs);
    const wakeOn = name ?? null;
    return this.#finish(held, (entry) =>
      this.#replace(entry, { ...entry, ...rest, token: null, lapses: 0, isQueuedAgain: false, wakeOn }),
    );
  }

  wake({ at, name }: WakeRecord): number {
    let woken = 0;
    for (const number of this.#sleepers.of(name)) {
      const entry = this.#live.get(number);
      if (entry === undefined || entry.availableAt <= at) continue;
      this.#replace(entry, { ...entry, ...NO_REST, wakeOn: null });
      woken += 1;
    }
    return woken;
  }

  /** Whether anybody waits for the name. */
  hasSleepers(name: string): boolean {
    return this.#sleepers.of(name).length > 0;
  }

  deadLetter({ at, held, code, message }: DeadLetterRecord): ClaimOutcome[] {
    return this.#finish(held, (entry) => {
      if (!this.#end(entry, at)) return;
      const { number, fields, queuedAt } = entry;
      this.restoreDead({ number, fields, queuedAt, reason: { code, message }, diedAt: at });
    });
  }

  /** In the order of their deaths. */
  get dead(): readonly DeadEntry[] {
    return [...this.#dead.values()];
  }

  deadNumber(itemId: string): number | undefined {
    const number = this.#numberOf(itemId);
    return number !== undefined && this.#dead.has(number) ? number : undefined;
  }

  retry({ at, numbers }: RetryRecord): number {
    let retried = 0;
    for (const number of numbers ?? [...this.#dead.keys()]) {
      const entry = this.#dead.get(number);
      if (entry === undefined) continue;
      this.#forget(number);
      this.#add(entry.fields, at);
      retried += 1;
    }
    return retried;
  }

  stats(now: number): QueueStats {
    const stats = { ready: 0, waiting: 0, claimed: 0 };
    let oldest = Infinity;
    for (const { queuedAt, availableAt, token } of this.#live.values()) {
      stats[availableAt <= now ? "ready" : token === null ? "waiting" : "claimed"] += 1;
      if (queuedAt < oldest) oldest = queuedAt;
    }
    return { ...stats, dead: this.#dead.size, oldestQueuedAt: oldest === Infinity ? null : oldest };
  }

  /** All of it now. Entries are never changed, so this stays as it is. */
  contents(): QueueContents {
    return { nextNumber: this.#nextNumber, live: [...this.#live.values()], dead: this.dead };
  }

  /** Takes over what a snapshot says, in its order. */
  restoreNumbering(nextNumber: number): void {
    this.#nextNumber = nextNumber;
  }

  restoreLive(entry: QueueEntry): void {
    this.#live.set(entry.number, entry);
    if (entry.restsSince !== null) this.#latestRest = Math.max(this.#latestRest, entry.restsSince);
    this.#numbers.add(entry.fields, entry.number);
    this.#weight += weightOf(entry.fields);
    this.#order.add(entry);
    this.#sleepers.add(entry.wakeOn, entry.number);
  }

  restoreDead(entry: DeadEntry): void {
    this.#dead.set(entry.number, entry);
    this.#numbers.add(entry.fields, entry.number);
    this.#weight += weightOf(entry.fields);
  }

  #take(fields: ItemFields, at: number, marks: boolean): EnqueueOutcome["kind"] {
    const known = this.#numbers.find(fields.pageId, fields.contentHash);
    const entry = known === undefined ? undefined : this.#live.get(known);
    if (entry !== undefined) {
      if (marks && entry.token !== null) this.#replace(entry, { ...entry, isQueuedAgain: true });
      return "duplicate";
    }
    if (known !== undefined) this.#forget(known);
    this.#add(fields, at);
    return known === undefined ? "queued" : "revived";
  }

  #add(fields: ItemFields, queuedAt: number): void {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    this.restoreLive({
      number,
      fields,
      queuedAt,
      // Spelled out: every item of a journal comes through here, and spreading takes longer.
      availableAt: 0,
      restsSince: null,
      token: null,
      lapses: 0,
      isQueuedAgain: false,
      wakeOn: null,
    });
  }

  /** Takes an item out, or lets it begin anew. Answers whether it is out. */
  #end({ number, fields, isQueuedAgain }: QueueEntry, at: number): boolean {
    this.#forget(number);
    if (isQueuedAgain) this.#add(fields, at);
    return !isQueuedAgain;
  }

  #numberOf(itemId: string): number | undefined {
    // No page id has this sign in it.
    const at = itemId.indexOf("@");
    return at === -1 ? undefined : this.#numbers.find(itemId.slice(0, at), itemId.slice(at + 1));
  }

  #finish(held: readonly HeldItems[], change: (entry: QueueEntry) => unknown): ClaimOutcome[] {
    const outcomes: ClaimOutcome[] = [];
    for (const [token, numbers] of held) {
      for (const number of numbers) {
        const entry = this.#heldBy(number, token);
        if (entry !== undefined) change(entry);
        outcomes.push(entry === undefined ? "lost" : "ok");
      }
    }
    return outcomes;
  }

  #heldBy(number: number, token: string): QueueEntry | undefined {
    const entry = this.#live.get(number);
    return entry?.token === token ? entry : undefined;
  }

  #fromAhead(now: number): QueueEntry[] {
    return [...this.#live.values()].filter(
      ({ restsSince, availableAt }) => restsSince !== null && isFromAhead(restsSince, availableAt, now),
    );
  }

  #recall(at: number): void {
    for (const entry of this.#fromAhead(at)) this.#replace(entry, { ...entry, ...NO_REST, wakeOn: null });
    this.#latestRest = at;
  }

  #replace(entry: QueueEntry, changed: QueueEntry): void {
    this.#live.set(entry.number, changed);
    this.#latestRest = Math.max(this.#latestRest, changed.restsSince ?? 0);
    this.#order.add(changed);
    this.#sleepers.remove(entry.wakeOn, entry.number);
    this.#sleepers.add(changed.wakeOn, entry.number);
  }

  #forget(number: number): void {
    const live = this.#live.get(number);
    const entry = live ?? this.#dead.get(number);
    if (entry === undefined) return;
    if (live !== undefined) this.#sleepers.remove(live.wakeOn, number);
    this.#live.delete(number);
    this.#dead.delete(number);
    this.#numbers.remove(entry.fields, number);
    this.#weight -= weightOf(entry.fields);
  }
}
