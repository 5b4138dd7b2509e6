import { postgresStore, type PostgresPool, type PostgresStore } from "@gro/postgres-store";
import { contentHash, enqueuePages, type ClaimToken } from "@gro/queue";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { item, page, pageIds } from "./support/items.js";
import { testSchema, type TestSchema } from "./support/schemas.js";
import { watchedPool, type WatchedPool } from "./support/watched-pool.js";

let schema: TestSchema;
let store: PostgresStore;
let client: pg.PoolClient;
let watched: WatchedPool;
/** Nobody loses patience while it stands still. */
const clock = { now: () => 1_000_000_000_000, sleep: () => Promise.resolve() };

beforeAll(async () => {
  schema = await testSchema();
  await schema.pool.query(`CREATE TABLE "${schema.name}".orders (id text)`);
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  watched = watchedPool(schema.pool);
  store = postgresStore(watched, { schema: schema.name, clock });
  client = await schema.pool.connect();
  await client.query("BEGIN");
  await client.query(`INSERT INTO "${schema.name}".orders VALUES ('o-1')`);
});
afterEach(async () => {
  await client.query("ROLLBACK");
  client.release();
  await schema.pool.query(`DELETE FROM "${schema.name}".orders`);
  await store.close();
});

const claimAll = async () => pageIds(await store.queue.claim({ limit: 10, leaseMs: 60_000 }));
const orders = async () => (await schema.pool.query(`SELECT FROM "${schema.name}".orders`)).rowCount;

describe("enqueue in a transaction of the caller's", () => {
  it("is seen by others when it commits, with what else is in it", async () => {
    expect(await store.queue.enqueue([item("a")], { client })).toEqual([
      { id: `a@${contentHash("a")}`, kind: "queued" },
    ]);
    expect(await claimAll()).toEqual([]);
    await client.query("COMMIT");
    expect([await claimAll(), await orders()]).toEqual([["a"], 1]);
  });

  it("is gone with what else is in it when it is rolled back", async () => {
    await store.queue.enqueue([item("a")], { client });
    await client.query("ROLLBACK");
    expect([await claimAll(), await orders()]).toEqual([[], 0]);
  });

  it("takes pages along, many at once on the one connection", async () => {
    const pages = Array.from({ length: 120 }, (_, index) => page(`p-${index}`));
    const enqueued = await enqueuePages(store.inTransaction(client), pages);
    expect(enqueued.every(({ kind }) => kind === "queued")).toBe(true);
    expect(await store.pages.read("p-7")).toBeUndefined();
    await client.query("COMMIT");
    expect((await store.pages.read("p-7"))?.page).toEqual(pages[7]);
    expect((await store.queue.stats()).ready).toBe(120);
  });

  it("waits for nobody and makes nobody wait but for the same page", async () => {
    await store.queue.enqueue([item("a")], { client });
    await store.queue.enqueue([item("b")]);
    const same = store.queue.enqueue([item("a")]);
    await client.query("COMMIT");
    expect((await same)[0]?.kind).toBe("duplicate");
  });

  it("tells what went wrong as a StoreError and leaves the transaction to its owner", async () => {
    await client.query("SELECT 1/0").catch(() => undefined);
    await expect(store.queue.enqueue([item("a")], { client })).rejects.toMatchObject({
      code: "store_failed",
      message: expect.stringMatching(/^PostgreSQL: cannot queue items: .*aborted/u) as string,
    });
    await client.query("ROLLBACK");
    expect(await claimAll()).toEqual([]);
  });
});

describe("a claim that ends while an enqueue of its item has not committed", () => {
  /** Claims two items, notes one of them in the transaction, and ends both claims when that is over. */
  async function endBoth(end: (claims: readonly ClaimToken[]) => Promise<unknown>, word: string) {
    await store.queue.enqueue([item("a"), item("b")]);
    const claims = await store.queue.claim({ limit: 2, leaseMs: 60_000 });
    expect((await store.queue.enqueue([item("b")], { client }))[0]?.kind).toBe("duplicate");
    const ended = end(claims);
    const before = watched.asked;
    await vi.waitFor(() => expect(watched.asked).toBeGreaterThan(before + 4));
    await client.query(word);
    expect(await ended).toEqual(["ok", "ok"]);
  }
  const bury = (claims: readonly ClaimToken[]) =>
    store.queue.deadLetter(claims, { code: "odd", message: "Odd." });

  it("leaves the item ready when it is completed and the enqueue commits", async () => {
    await endBoth((claims) => store.queue.complete(claims), "COMMIT");
    expect(await store.queue.stats()).toMatchObject({ ready: 1, claimed: 0 });
    expect(await claimAll()).toEqual(["b"]);
  });

  it("leaves nothing when it is completed and the enqueue is rolled back", async () => {
    await endBoth((claims) => store.queue.complete(claims), "ROLLBACK");
    expect(await store.queue.stats()).toMatchObject({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
  });

  it("leaves the item ready when it was to die and the enqueue commits", async () => {
    await endBoth(bury, "COMMIT");
    expect(pageIds(await store.queue.deadLetters())).toEqual(["a"]);
    expect(await claimAll()).toEqual(["b"]);
  });
});

it("many that queue and complete the same items are never in each other's way, and no item is lost", async () => {
  const { queue } = store;
  const items = Array.from({ length: 1_000 }, (_, index) => item(`p-${index}`));
  const reversed = [...items].reverse();
  await queue.enqueue(items);
  const claims = await queue.claim({ limit: 1_000, leaseMs: 60_000 });
  await queue.enqueue(items.filter((_, index) => index % 2 === 0));
  await Promise.all([
    queue.enqueue(items),
    queue.complete([...claims].reverse()),
    queue.enqueue(reversed),
    queue.complete(claims),
    queue.enqueue(items),
  ]);
  expect(await queue.stats()).toMatchObject({ ready: 1_000, claimed: 0, dead: 0 });
  expect(watched.refused).toBe(0);
});

it("what is taken out while it is brought again is queued anew", async () => {
  const { queue } = postgresStore(schema.pool, { schema: schema.name });
  await queue.enqueue([item("a"), item("b"), item("c")]);
  const claims = await queue.claim({ limit: 3, leaseMs: 60_000 });
  let isDone = false;
  const between: PostgresPool = {
    connect: () => schema.pool.connect(),
    async query(statement) {
      // It was there when it was to be put in, and is to be noted now.
      if (statement.text.includes("FOR KEY SHARE") && !isDone) {
        isDone = true;
        expect(await queue.complete(claims.slice(0, 2))).toEqual(["ok", "ok"]);
      }
      return schema.pool.query(statement);
    },
  };
  const other = postgresStore(between, { schema: schema.name });
  const outcomes = await other.queue.enqueue(["a", "c", "d", "b"].map((id) => item(id)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(["queued", "duplicate", "queued", "queued"]);
  expect(pageIds(await queue.claim({ limit: 10, leaseMs: 60_000 })).sort()).toEqual(["a", "b", "d"]);
  expect(await queue.complete(claims.slice(2))).toEqual(["ok"]);
  expect(pageIds(await queue.claim({ limit: 10, leaseMs: 60_000 }))).toEqual(["c"]);
});
