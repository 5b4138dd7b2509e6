import type { FileStore } from "@gro/file-store";
import { contentHash, itemIdOf, type Claim } from "@gro/queue";
import { expect } from "vitest";
import { completion, START } from "./history.js";
import { below, seededRandom, type Random } from "./random.js";
import { openOn, turns } from "./run-history.js";
import { SimulatedDisk, type Fault } from "./simulated-disk.js";

const LEASE_MS = 1_000_000;

/** What was asked for, and what was answered, before the power failed. */
class Answers {
  readonly asked = new Set<string>();
  readonly answered = new Set<string>();

  async note<Answer>(names: readonly string[], call: Promise<Answer>): Promise<Answer> {
    for (const name of names) this.asked.add(name);
    const answer = await call;
    for (const name of names) this.answered.add(name);
    return answer;
  }
}

/** Several instances on one disk that all do everything at the same time, until the power fails. */
export class BusyInstances {
  readonly #random: Random;
  readonly #disk: SimulatedDisk;
  readonly #enqueued = new Answers();
  readonly #completed = new Answers();
  readonly #remembered = new Answers();
  readonly #reserved = new Answers();
  readonly #closed = new Answers();
  readonly #claimed: string[] = [];
  #names = 0;

  constructor(seed: number, fault: Fault) {
    this.#random = seededRandom(seed);
    this.#disk = new SimulatedDisk(fault, seed);
  }

  /** Works until the power fails. */
  async work(): Promise<void> {
    const stores = Array.from({ length: 3 }, () => openOn(this.#disk, { time: START }));
    await Promise.all(
      stores.flatMap((store) =>
        [1, 2].map(async () => {
          try {
            for (let round = 0; round < 60; round += 1) await this.#doSomething(store);
          } catch {
            expect(this.#disk.isOff).toBe(true);
          }
        }),
      ),
    );
  }

  /** Looks at what is left on the disk. */
  async examine(): Promise<void> {
    const disk = this.#disk.afterPowerLoss();
    const store = openOn(disk, { time: START + 2 * LEASE_MS });
    expect(new Set(this.#claimed).size, "claims of the same item").toBe(this.#claimed.length);
    await this.#examineMemo(store);
    await this.#examineLedger(store);
    await this.#examineQueue(store);
    await store.close();
    const again = openOn(disk, { time: START });
    expect(await again.memo.get("filling")).toEqual(completion("x".repeat(300)));
  }

  async #examineQueue(store: FileStore): Promise<void> {
    const there = new Set(
      (await store.queue.claim({ limit: 10_000, leaseMs: 1 })).map(({ itemId }) => itemId),
    );
    expect((await store.queue.stats()).dead).toBe(0);
    for (const itemId of this.#enqueued.answered) {
      if (!there.has(itemId)) expect(this.#completed.asked, "an acknowledged item is gone").toContain(itemId);
    }
    for (const itemId of there) {
      expect(this.#enqueued.asked, "an item that nobody queued").toContain(itemId);
      expect(this.#completed.answered, "a finished item is back").not.toContain(itemId);
    }
    await store.memo.set("filling", completion("x".repeat(300)));
  }

  async #examineMemo({ memo }: FileStore): Promise<void> {
    for (const key of this.#remembered.asked) {
      const found = await memo.get(key);
      if (found !== undefined || this.#remembered.answered.has(key)) expect(found).toEqual(completion(key));
    }
  }

  async #examineLedger({ ledger }: FileStore): Promise<void> {
    const open = new Map((await ledger.openBatches()).map((batch) => [batch.ref, batch.keys]));
    const holders = await ledger.holders([...this.#reserved.asked].flatMap(keysOf));
    for (const ref of this.#reserved.answered) {
      if (!open.has(ref)) expect(this.#closed.asked, "an acknowledged batch is gone").toContain(ref);
    }
    for (const [ref, keys] of open) {
      expect(this.#reserved.asked).toContain(ref);
      expect(this.#closed.answered, "a closed batch is back").not.toContain(ref);
      for (const key of keys) expect(holders.get(key)).toBe(ref);
    }
  }

  #doSomething(store: FileStore): Promise<unknown> {
    const works = [
      () => this.#enqueue(store),
      () => this.#finish(store),
      () => this.#remember(store),
      () => this.#reserve(store),
      () => store.memo.set("filling", completion("x".repeat(300))),
      () => turns(),
    ];
    return works[below(this.#random, works.length)]?.() ?? turns();
  }

  async #enqueue(store: FileStore): Promise<void> {
    const items = Array.from({ length: 1 + below(this.#random, 3) }, () => this.#name("page")).map(
      (pageId) => ({
        pageId,
        contentHash: contentHash(pageId),
      }),
    );
    const ids = items.map(({ pageId, contentHash: hash }) => itemIdOf(pageId, hash));
    await this.#enqueued.note(ids, store.queue.enqueue(items));
  }

  async #finish(store: FileStore): Promise<void> {
    const claims: readonly Claim[] = await store.queue.claim({ limit: 3, leaseMs: LEASE_MS });
    const ids = claims.map(({ itemId }) => itemId);
    this.#claimed.push(...ids);
    if (this.#random() < 0.3) return;
    const outcomes = await this.#completed.note(ids, store.queue.complete(claims));
    expect(outcomes).toEqual(ids.map(() => "ok"));
  }

  async #remember(store: FileStore): Promise<void> {
    const key = this.#name("key");
    await this.#remembered.note([key], store.memo.set(key, completion(key)));
  }

  async #reserve(store: FileStore): Promise<void> {
    const ref = this.#name("batch");
    const intent = { ref, provider: "somebody", modelId: "model", keys: keysOf(ref) };
    const { claim } = await this.#reserved.note([ref], store.ledger.reserve(intent, LEASE_MS));
    expect(claim?.batch.keys).toEqual(keysOf(ref));
    if (claim === null || this.#random() < 0.3) return;
    expect(await this.#closed.note([ref], store.ledger.close(claim, []))).toBe("ok");
  }

  #name(kind: string): string {
    this.#names += 1;
    return `${kind}-${this.#names}`;
  }
}

const keysOf = (ref: string) => [`${ref}-key-a`, `${ref}-key-b`];
