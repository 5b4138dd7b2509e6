import { postgresStore, type PostgresStore } from "@gro/postgres-store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { item, pageIds } from "./support/items.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

const DAY_MS = 86_400_000;

let schema: TestSchema;
let store: PostgresStore;
let time: number;

beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  time = 1_000_000_000_000;
  store = postgresStore(schema.pool, { schema: schema.name, clock: { now: () => time } });
});

const claim = async () => pageIds(await store.queue.claim({ limit: 10, leaseMs: 60_000 }));

describe("a clock that was five days ahead, and is set right", () => {
  it("keeps nothing that it had claimed or put off: it goes on as if the leases were over", async () => {
    time += 5 * DAY_MS;
    await store.queue.enqueue([item("claimed"), item("delayed"), item("sleeping")]);
    const claims = await store.queue.claim({ limit: 3, leaseMs: 60_000 });
    await store.queue.release(claims.slice(1, 2), { delayMs: 3_600_000 });
    await store.queue.release(claims.slice(2), { delayMs: 3_600_000, wakeOn: "batch" });
    await store.queue.extend(claims.slice(0, 1), 60_000);
    time -= 5 * DAY_MS;
    const again = await store.queue.claim({ limit: 10, leaseMs: 60_000 });
    expect(again.map(({ item: { pageId }, lapses }) => [pageId, lapses])).toEqual([
      ["claimed", 1],
      ["delayed", 0],
      ["sleeping", 0],
    ]);
    expect(await store.queue.complete(claims.slice(0, 1))).toEqual(["lost"]);
    expect(await store.queue.complete(again)).toEqual(["ok", "ok", "ok"]);
  });

  it("leaves the others to be claimed soon, where one claim does not take all", async () => {
    time += 5 * DAY_MS;
    await store.queue.enqueue([item("a"), item("b")]);
    await store.queue.claim({ limit: 2, leaseMs: 60_000 });
    time -= 5 * DAY_MS;
    expect(pageIds(await store.queue.claim({ limit: 1, leaseMs: 60_000 }))).toEqual(["a"]);
    expect(await store.queue.stats()).toMatchObject({ ready: 1, claimed: 1 });
    expect(await claim()).toEqual(["b"]);
  });

  it("keeps no batch either", async () => {
    const batch = { provider: "p", modelId: "m" };
    const reserve = (ref: string) => store.ledger.reserve({ ref, ...batch, keys: [ref] }, 60_000);
    const claimBatches = async () =>
      (await store.ledger.claim({ provider: "p", limit: 9, leaseMs: 60_000 })).map(({ ref }) => ref);
    time += 5 * DAY_MS;
    const { claim: extended } = await reserve("extended");
    const { claim: released } = await reserve("released");
    if (extended === null || released === null) throw new Error("Nothing was reserved");
    await store.ledger.extend(extended, 60_000);
    await store.ledger.release(released, 60_000);
    time -= 5 * DAY_MS;
    expect((await claimBatches()).sort()).toEqual(["extended", "released"]);
    expect(await claimBatches()).toEqual([]);
  });
});

describe("a clock that is set back by seconds", () => {
  it("hides nothing that can be claimed: it is counted as such", async () => {
    await store.queue.enqueue([item("a")]);
    time -= 2_000;
    expect(await store.queue.stats()).toMatchObject({ ready: 1, waiting: 0, claimed: 0 });
    expect(await claim()).toEqual(["a"]);
  });

  it("takes no lease away, nor a delay that is longer than what it was set back by", async () => {
    await store.queue.enqueue([item("a"), item("b")]);
    const claims = await store.queue.claim({ limit: 2, leaseMs: 60_000 });
    await store.queue.release(claims.slice(1), { delayMs: 3_600_000 });
    time -= 59_000;
    expect(await claim()).toEqual([]);
    time -= 500_000;
    expect(await claim()).toEqual(["a"]);
    expect(await store.queue.stats()).toMatchObject({ ready: 0, waiting: 1, claimed: 1 });
  });
});
