import type { Claim, ClaimToken, DeadLetterReason } from "@gro/queue";
import type { Tick } from "../worker/worker-parts.js";
import { heldBackName, type ItemInHand, type Waiting } from "./item-in-hand.js";

interface Released {
  readonly claim: Claim;
  readonly waiting: Waiting;
}

const MOST_RETURNS = 20;

/** Gathers what is to be told to the queue and tells it in bulk, so that many items share one write. */
export class Settlements {
  private completed: Claim[] = [];
  private released: Released[] = [];
  private dead: { readonly claim: Claim; readonly reason: DeadLetterReason }[] = [];

  /** How often items came back at once in this tick: what comes back for ever must not keep the worker from all else. */
  private readonly returns = new Map<string, number>();

  constructor(private readonly tick: Tick) {}

  /** The page has its summary. */
  complete(claim: Claim): void {
    this.completed.push(claim);
  }

  /** The item ends without one. */
  bury(claim: Claim, reason: DeadLetterReason): void {
    this.dead.push({ claim, reason });
  }

  /** The item is given back as it wants to wait. */
  release(item: ItemInHand): void {
    const { settings, storeTime } = this.tick;
    this.giveBack(item.claim, item.waiting(storeTime.now(), settings.parkMs));
  }

  /** The item comes back after so long. */
  releaseIn(claim: Claim, delayMs: number): void {
    this.giveBack(claim, { atMostMs: Math.ceil(delayMs), on: undefined, heldBackBy: undefined });
  }

  /** Tells everything. Never rejects: what the store does not take, the end of the lease brings back. */
  async flush(): Promise<void> {
    const { completed, released, dead } = this;
    this.completed = [];
    this.released = [];
    this.dead = [];
    await this.tellCompleted(completed);
    for (const group of groupsOf(dead, ({ reason }) => `${reason.code} ${reason.message}`)) {
      await this.tellDead(group);
    }
    for (const group of groupsOf(released, ({ waiting }) => `${waiting.atMostMs} ${wakeOn(waiting) ?? ""}`)) {
      await this.tellReleased(group);
    }
    if (released.length > 0) await this.tick.point("items-released");
    await this.wakeForgotten(released);
  }

  private giveBack(claim: Claim, waiting: Waiting): void {
    if (waiting.atMostMs > 0) return void this.released.push({ claim, waiting });
    const returns = (this.returns.get(claim.itemId) ?? 0) + 1;
    this.returns.set(claim.itemId, returns);
    const atMostMs = returns > MOST_RETURNS ? this.tick.settings.pollIntervalMs : 0;
    this.released.push({ claim, waiting: { ...waiting, atMostMs } });
  }

  private async tellCompleted(claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) return;
    await this.attempt("finishing items", claims, () => this.tick.settings.store.queue.complete(claims));
    await this.tick.point("item-completed");
  }

  private async tellDead(group: Settlements["dead"]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const claims = group.map(({ claim }) => claim);
    const { reason } = first;
    const outcomes = await this.attempt("ending items", claims, () =>
      this.tick.settings.store.queue.deadLetter(claims, reason),
    );
    await this.tick.point("item-dead-lettered");
    for (const [index, { itemId, item }] of claims.entries()) {
      if (outcomes?.[index] !== "ok") continue;
      this.tick.counts.deadLettered += 1;
      const waitedMs = Math.max(0, this.tick.storeTime.now() - item.queuedAt);
      this.tick.tell("itemDeadLettered", { itemId, pageId: item.pageId, ...reason, waitedMs });
    }
  }

  private async tellReleased(group: readonly Released[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const { atMostMs } = first.waiting;
    const claims = group.map(({ claim }) => claim);
    await this.attempt("giving items back", claims, () =>
      this.tick.settings.store.queue.release(claims, { delayMs: atMostMs, wakeOn: wakeOn(first.waiting) }),
    );
    this.tick.schedule.noteIn(atMostMs);
  }

  /** A batch that ended before its items were given back has called them in vain. */
  private async wakeForgotten(released: readonly Released[]): Promise<void> {
    const waits = new Map(
      released.flatMap(({ waiting: { on } }) => (on === undefined ? [] : [[on.ref, on.key]])),
    );
    if (waits.size === 0) return;
    const { queue, ledger } = this.tick.settings.store;
    await this.attempt("looking after items that wait", [], async () => {
      const holders = await ledger.holders([...waits.values()]);
      for (const [ref, key] of waits) {
        if (holders.get(key) === ref) continue;
        await queue.wake(ref);
      }
    });
  }

  private async attempt<Outcome>(
    doing: string,
    claims: readonly ClaimToken[],
    work: () => Promise<Outcome>,
  ): Promise<Outcome | undefined> {
    try {
      return await work();
    } catch (error) {
      this.tick.tellError(doing, error);
      return undefined;
    } finally {
      this.tick.leases.dropItems(claims);
    }
  }
}

/** A batch always ends; a provider that holds items back may do so for long, but its delay is short. */
function wakeOn({ on, heldBackBy }: Waiting): string | undefined {
  return on?.ref ?? (heldBackBy === undefined ? undefined : heldBackName(heldBackBy));
}

function groupsOf<Entry>(entries: readonly Entry[], nameOf: (entry: Entry) => string): Entry[][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
