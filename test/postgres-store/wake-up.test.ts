import { postgresStore, type PostgresStore, type PostgresStoreOptions } from "@gro/postgres-store";
import type { ClaimToken } from "@gro/queue";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi, type Mock } from "vitest";
import { item } from "./support/items.js";
import { openPool, testSchema, type TestSchema } from "./support/schemas.js";

let schema: TestSchema;
let host: PostgresStore;
const opened: PostgresStore[] = [];

function open(pool: pg.Pool = schema.pool, options: PostgresStoreOptions = {}): PostgresStore {
  const store = postgresStore(pool, { schema: schema.name, ...options });
  opened.push(store);
  return store;
}

beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  host = open();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

type Listener = Mock<() => void>;

const heard = (listener: Listener) => vi.waitFor(() => expect(listener).toHaveBeenCalled());

/** A listener that has been told once that it listens now, and nothing since. */
async function listening(store: PostgresStore): Promise<{ listener: Listener; end: () => void }> {
  const listener: Listener = vi.fn();
  const end = store.queue.onClaimable(listener);
  await heard(listener);
  listener.mockClear();
  return { listener, end };
}

/** Everything that was sent by now has been heard. */
async function settled(): Promise<void> {
  await Promise.all([host.close()]);
  host = open();
  await new Promise((resolve) => setTimeout(resolve, 100));
}

describe("onClaimable", () => {
  it("tells of what another store queues, wakes, releases and retries", async () => {
    const { listener } = await listening(open());
    const tellsOf = async (change: () => Promise<unknown>) => {
      await settled();
      listener.mockClear();
      await change();
      await heard(listener);
    };
    const claims = () => host.queue.claim({ limit: 10, leaseMs: 60_000 });
    await tellsOf(() => host.queue.enqueue([item("a")]));
    await tellsOf(async () => host.queue.release(await claims()));
    await host.queue.release(await claims(), { delayMs: 60_000, wakeOn: "batch" });
    await tellsOf(() => host.queue.wake("batch"));
    await host.queue.deadLetter(await claims(), { code: "odd", message: "Odd." });
    await tellsOf(() => host.queue.retry());
  });

  it("tells of what was queued while it was claimed, when its claim ends", async () => {
    const { listener } = await listening(open());
    for (const end of [
      (claims: readonly ClaimToken[]) => host.queue.complete(claims),
      (claims: readonly ClaimToken[]) => host.queue.deadLetter(claims, { code: "odd", message: "Odd." }),
    ]) {
      await host.queue.enqueue([item("a")]);
      const claims = await host.queue.claim({ limit: 1, leaseMs: 60_000 });
      await host.queue.enqueue([item("a")]);
      await settled();
      listener.mockClear();
      await end(claims);
      await heard(listener);
    }
  });

  it("tells of what joined a transaction when it commits", async () => {
    const { listener } = await listening(open());
    const client = await schema.pool.connect();
    await client.query("BEGIN");
    await host.queue.enqueue([item("a")], { client });
    expect(listener).not.toHaveBeenCalled();
    await client.query("COMMIT");
    client.release();
    await heard(listener);
  });

  it("tells nothing of duplicates, of other schemas, and once it is ended", async () => {
    const { listener, end } = await listening(open());
    const ended = await listening(open());
    ended.end();
    await host.queue.enqueue([item("a")]);
    await heard(listener);
    await settled();
    listener.mockClear();
    await host.queue.enqueue([item("a")]);
    await schema.pool.query("SELECT pg_notify('another_claimable', '')");
    await settled();
    expect(listener).not.toHaveBeenCalled();
    expect(ended.listener).not.toHaveBeenCalled();
    end();
  });

  it("listens again when its connection was cut, and tells that something may have been missed", async () => {
    const pool = openPool({ application_name: "cut-me" });
    const { listener } = await listening(open(pool));
    await schema.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-me'",
    );
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 5_000 });
    await settled();
    listener.mockClear();
    await host.queue.enqueue([item("a")]);
    await heard(listener);
    for (const store of opened.splice(0)) await store.close();
    await pool.end();
  });

  it("takes one connection, and none when nobody listens, when it is not to, and of a pool of one", async () => {
    const pool = openPool();
    const first = await listening(open(pool));
    await open(pool).queue.stats();
    expect(pool.totalCount - pool.idleCount).toBe(1);
    first.end();
    expect(pool.totalCount - pool.idleCount).toBe(0);

    open(pool, { listen: false }).queue.onClaimable(() => undefined);
    const single = openPool({ max: 1 });
    const alone = open(single);
    alone.queue.onClaimable(() => undefined);
    for (let call = 0; call < 5; call += 1) await alone.queue.stats();
    expect([pool.totalCount - pool.idleCount, single.totalCount - single.idleCount]).toEqual([0, 0]);
    for (const store of opened.splice(0)) await store.close();
    await Promise.all([pool.end(), single.end()]);
  });

  it("leaves one connection for calls to stores that share a pool; who cannot listen now does when another ends", async () => {
    const pool = openPool({ max: 2 });
    const [first, second] = [open(pool), open(pool)];
    await listening(first);
    const listener = vi.fn();
    second.queue.onClaimable(listener);
    for (let call = 0; call < 5; call += 1) await second.queue.stats();
    expect(listener).not.toHaveBeenCalled();
    await first.close();
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { timeout: 5_000 });
    await second.close();
    await pool.end();
  });

  it("is told of what joins a transaction that takes longer, beside another one", async () => {
    const notices: Listener = vi.fn();
    const clients = await Promise.all([1, 2, 3].map(() => schema.pool.connect()));
    const [ear, quick, slow] = clients;
    if (ear === undefined || quick === undefined || slow === undefined) throw new Error("No connections");
    ear.on("notification", notices);
    await ear.query(`LISTEN "${schema.name}_claimable"`);
    for (const client of [quick, slow]) await client.query("BEGIN");
    await host.queue.enqueue([item("quick")], { client: quick });
    await host.queue.enqueue([item("slow")], { client: slow });
    await quick.query("COMMIT");
    // That of the first, and that of the moment's end.
    await vi.waitFor(() => expect(notices.mock.calls.length).toBeGreaterThanOrEqual(2), 10_000);
    notices.mockClear();
    await slow.query("COMMIT");
    await vi.waitFor(() => expect(notices).toHaveBeenCalled(), 10_000);
    for (const client of clients) client.release(true);
  });

  it("is told seldom of what joins transactions, and not at all of duplicates", async () => {
    const notices: Listener = vi.fn();
    const ear = await schema.pool.connect();
    ear.on("notification", notices);
    await ear.query(`LISTEN "${schema.name}_claimable"`);
    const client = await schema.pool.connect();
    const join = async (id: string) => {
      await client.query("BEGIN");
      await host.queue.enqueue([item(id)], { client });
      await client.query("COMMIT");
    };
    const startedAt = performance.now();
    for (let index = 0; index < 100; index += 1) await join(`p-${index}`);
    await settled();
    const gaps = (performance.now() - startedAt) / 200;
    expect(notices.mock.calls.length).toBeGreaterThan(1);
    expect(notices.mock.calls.length).toBeLessThan(2 * gaps + 3);
    expect(notices.mock.calls.length).toBeLessThan(50);
    notices.mockClear();
    await join("p-7");
    await settled();
    expect(notices).not.toHaveBeenCalled();
    client.release();
    ear.release(true);
  });
});
