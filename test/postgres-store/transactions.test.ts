import { postgresStore, type PostgresStore } from "@gro/postgres-store";
import { contentHash, enqueuePages } from "@gro/queue";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { item, page, pageIds } from "./support/items.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

let schema: TestSchema;
let store: PostgresStore;
let client: pg.PoolClient;

beforeAll(async () => {
  schema = await testSchema();
  await schema.pool.query(`CREATE TABLE "${schema.name}".orders (id text)`);
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  store = postgresStore(schema.pool, { schema: schema.name });
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
