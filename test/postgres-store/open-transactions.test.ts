import { migrate, postgresStore, type PostgresStore } from "@gro/postgres-store";
import { BatchWorker, localBatch } from "@gro/batch";
import { enqueuePages, type ClaimToken, type PageSummary } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { prose, seededRandom } from "../support/prose.js";
import { item, page, pageIds } from "./support/items.js";
import { openPool, schemaName, testSchema, type TestSchema } from "./support/schemas.js";
import { watchedPool, type WatchedPool } from "./support/watched-pool.js";

let schema: TestSchema;
let store: PostgresStore;
/** A transaction of a host's that stays open. */
let host: pg.PoolClient;
let time: number;
let watched: WatchedPool;

beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  time = 1_000_000_000_000;
  watched = watchedPool(schema.pool);
  store = postgresStore(watched, { schema: schema.name, clock: { now: () => time } });
  host = await schema.pool.connect();
  await host.query("BEGIN");
});
afterEach(async () => {
  await host.query("ROLLBACK");
  host.release();
  await store.close();
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `p-${index}`);
const bring = (...ids: string[]) =>
  store.queue.enqueue(
    ids.map((id) => item(id)),
    { client: host },
  );
const claim = () => store.queue.claim({ limit: 1_000, leaseMs: 3_000 });
const claimed = async (...ids: string[]) => {
  await store.queue.enqueue(ids.map((id) => item(id)));
  return claim();
};
const summary: PageSummary = {
  text: "A summary.",
  meta: {
    ...{ contentHash: "", modelId: "model", createdAt: "2026-01-01T00:00:00.000Z", inputTokens: 9 },
    ...{
      outputTokens: 2,
      targetTokens: 5,
      compressionRatio: 4.5,
      collapseDepth: 0,
      fit: "model",
      warnings: [],
    },
  },
};
const died = { code: "odd", message: "Odd." };

/** How many wait in the server for the host's transaction. */
async function waiting(): Promise<number | null> {
  const { rows } = await host.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const blocked = "SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))";
  return (await schema.pool.query(blocked, [rows[0]?.pid])).rowCount;
}

/** Until what has just been called has looked, and looked again, and again. */
async function looksAgain(): Promise<void> {
  const before = watched.asked;
  await vi.waitFor(() => expect(watched.asked).toBeGreaterThan(before + 4));
  expect(await waiting()).toBe(0);
}

describe("while a host's transaction that brings a page again is open", () => {
  it("leases of all other pages are extended at once, and nobody else gets its own", async () => {
    const claims = await claimed(...names(200));
    await bring("p-7");
    time += 2_900;
    expect(new Set(await store.queue.extend(claims, 30_000))).toEqual(new Set(["ok"]));
    time += 20_000;
    expect(await claim()).toEqual([]);
    await host.query("COMMIT");
    // Its lease is over: somebody else may have it now, and its first worker is told.
    expect(pageIds(await claim())).toEqual(["p-7"]);
    const outcomes = await store.queue.extend(claims, 30_000);
    expect(claims.filter((_, index) => outcomes[index] === "lost").map(({ itemId }) => itemId)).toEqual(
      claims.flatMap(({ itemId }) => (itemId.startsWith("p-7@") ? [itemId] : [])),
    );
  });

  it("its lease goes on where the next extension comes in time", async () => {
    const claims = await claimed("a");
    await bring("a");
    expect(await store.queue.extend(claims, 10_000)).toEqual(["ok"]);
    await host.query("COMMIT");
    expect(await store.queue.extend(claims, 10_000)).toEqual(["ok"]);
    time += 9_000;
    expect(await claim()).toEqual([]);
  });

  it("a lost lease is told as such", async () => {
    const claims = await claimed("a", "b");
    await bring("a");
    const stale = claims.map(({ itemId }) => ({ itemId, token: "stale" }));
    expect(await store.queue.extend([...claims, ...stale], 10_000)).toEqual(["ok", "ok", "lost", "lost"]);
  });

  it("nobody claims a page that waits: as it was saved with it, it is not to be seen yet", async () => {
    await store.queue.enqueue([item("a"), item("b")]);
    await bring("a");
    expect(pageIds(await claim())).toEqual(["b"]);
    await host.query("COMMIT");
    expect(pageIds(await claim())).toEqual(["a"]);
  });

  it("nor one that was noted before, when its worker is done with it", async () => {
    const claims = await claimed("a");
    await store.queue.enqueue([item("a")]);
    await bring("a");
    const done = store.queue.complete(claims);
    await looksAgain();
    expect(await claim()).toEqual([]);
    await host.query("COMMIT");
    expect(await done).toEqual(["ok"]);
    expect(pageIds(await claim())).toEqual(["a"]);
  });

  it("what waits for a batch is woken at once", async () => {
    await store.queue.release(await claimed("a", "b"), { delayMs: 60_000, wakeOn: "batch" });
    await bring("a");
    expect(await store.queue.wake("batch")).toBe(2);
    expect(pageIds(await claim())).toEqual(["b"]);
    await host.query("COMMIT");
    expect(pageIds(await claim())).toEqual(["a"]);
  });

  it("the other pages that a worker is done with go", async () => {
    const claims = await claimed("a", "b", "c");
    await bring("b");
    const done = store.queue.complete(claims);
    await vi.waitFor(async () => expect((await store.queue.stats()).claimed).toBe(1));
    await host.query("ROLLBACK");
    expect(await done).toEqual(["ok", "ok", "ok"]);
    expect(await store.queue.stats()).toMatchObject({ ready: 0, claimed: 0 });
  });
});

describe("while a host's transaction stays open for longer than anybody waits", () => {
  /** The time that whoever waits has for it. */
  const pass = async <Outcome>(call: Promise<Outcome>): Promise<Outcome> => {
    await looksAgain();
    time += 2_000;
    return call;
  };

  it.each(["complete", "deadLetter"] as const)(
    "%s does the other pages, and says that later is better",
    async (what) => {
      const claims = await claimed("a", "b", "c");
      await bring("b");
      const call = what === "complete" ? store.queue.complete(claims) : store.queue.deadLetter(claims, died);
      await expect(pass(call)).rejects.toMatchObject({
        code: "store_failed",
        isRetryable: true,
        message: `PostgreSQL: cannot ${what === "complete" ? "complete" : "end"} items: a transaction that is still open is busy with it.`,
      });
      expect(await store.queue.stats()).toMatchObject({ claimed: 1, dead: what === "complete" ? 0 : 2 });
      await host.query("COMMIT");
      const outcomes = ["lost", "ok", "lost"];
      expect(
        await (what === "complete" ? store.queue.complete(claims) : store.queue.deadLetter(claims, died)),
      ).toEqual(outcomes);
    },
  );

  it("a summary of the page that it saves anew is for later; what it has become is seen when it commits", async () => {
    const { contentHash } = await store.pages.save(page("a"));
    await store.inTransaction(host).pages.save(page("a", "Edited."));
    const write = () => store.pages.writeSummary("a", contentHash, summary);
    await expect(pass(write())).rejects.toMatchObject({ code: "store_failed", isRetryable: true });
    const late = write();
    await looksAgain();
    await host.query("COMMIT");
    expect(await late).toBe("changed");
  });

  it("a worker goes on with all other pages, and stops when it is told to", async () => {
    const real = postgresStore(schema.pool, { schema: schema.name });
    const long = ["edited", ...names(20)].map((id, index) => page(id, prose(90, index + 1)));
    await enqueuePages(real, long, { targetTokens: 60 });
    const model = scriptedModel();
    let edit = (): void => undefined;
    const edited = new Promise<void>((resolve) => (edit = resolve));
    const worker = new BatchWorker({
      store: real,
      tokenizer: approximate(),
      pollIntervalMs: 50,
      batchPollIntervalMs: 50,
      provider: localBatch({
        ...model,
        generate: async (...call: Parameters<typeof model.generate>) => {
          await edited;
          return model.generate(...call);
        },
      }),
    });
    const errors: unknown[] = [];
    worker.events.on("error", ({ message }) => errors.push(message));
    worker.start();
    try {
      await vi.waitFor(
        async () => expect((await real.ledger.openBatches()).length).toBeGreaterThan(0),
        20_000,
      );
      await enqueuePages(real.inTransaction(host), [page("edited", "Something else.")]);
      edit();
      await vi.waitFor(async () => {
        expect(errors).toContainEqual(expect.stringContaining("cannot write a summary"));
        expect(await real.queue.stats()).toMatchObject({ ready: 0, dead: 0 });
        for (const id of names(20)) {
          expect((await real.pages.read(id))?.page.summary).toEqual(expect.any(String));
        }
      }, 20_000);
      expect(await waiting()).toBe(0);
    } finally {
      edit();
      await worker.stop();
      await real.close();
    }
  });

  it("a summary is written when it is rolled back", async () => {
    const { contentHash } = await store.pages.save(page("a"));
    await store.inTransaction(host).pages.save(page("a", "Edited."));
    const late = store.pages.writeSummary("a", contentHash, summary);
    await looksAgain();
    await host.query("ROLLBACK");
    expect(await late).toBe("written");
  });
});

describe("a host's transaction that takes pages in another order than a worker", () => {
  afterEach(() => expect(watched.refused).toBe(0));

  const finished: [string, (claims: readonly ClaimToken[]) => Promise<unknown>][] = [
    ["extends", (claims) => store.queue.extend(claims, 60_000)],
    ["completes", (claims) => store.queue.complete(claims)],
    ["releases", (claims) => store.queue.release(claims, { delayMs: 60_000 })],
    ["ends", (claims) => store.queue.deadLetter(claims, died)],
  ];
  it.each(finished)("is in nobody's way when the worker %s them", async (_what, finish) => {
    const claims = await claimed("a", "b");
    await bring("b");
    const work = finish(claims);
    await Promise.race([work, looksAgain()]);
    await bring("a");
    await host.query("COMMIT");
    expect(await work).toEqual(["ok", "ok"]);
  });

  it("is in nobody's way when dead letters are retried", async () => {
    await store.queue.deadLetter(await claimed("a", "b"), died);
    expect(await bring("b")).toMatchObject([{ kind: "revived" }]);
    const retried = store.queue.retry();
    await looksAgain();
    expect(await bring("a")).toMatchObject([{ kind: "duplicate" }]);
    await host.query("COMMIT");
    expect(await retried).toBe(1);
    expect(pageIds(await claim()).sort()).toEqual(["a", "b"]);
  });

  it("is in nobody's way when they are woken", async () => {
    await store.queue.release(await claimed("a", "b"), { delayMs: 60_000, wakeOn: "batch" });
    await bring("b");
    const woken = store.queue.wake("batch");
    await Promise.race([woken, looksAgain()]);
    await bring("a");
    await host.query("COMMIT");
    expect(await woken).toBe(2);
  });
});

const random = seededRandom(7);
function shuffled<Member>(list: readonly Member[]): Member[] {
  return list
    .map((member) => ({ member, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ member }) => member);
}

it("calls for the same items and keys in any order are never in each other's way", async () => {
  const { queue, ledger } = store;
  const items = names(800).map((id) => item(id));
  const keys = names(1_500);
  const failures = keys.map((key) => ({ key, kind: "odd", message: "Odd." }));
  const all = () => queue.claim({ limit: 1_000, leaseMs: 60_000 });
  for (let round = 0; round < 2; round += 1) {
    await queue.enqueue(shuffled(items));
    const claims = await all();
    await Promise.all([
      ...Array.from({ length: 3 }, () => queue.extend(shuffled(claims), 60_000)),
      queue.enqueue(shuffled(items)),
    ]);
    await Promise.all([
      queue.release(shuffled(claims), { delayMs: 60_000, wakeOn: "batch" }),
      queue.extend(shuffled(claims), 60_000),
      queue.enqueue(shuffled(items)),
    ]);
    await Promise.all([queue.wake("batch"), queue.enqueue(shuffled(items)), queue.wake("batch")]);
    await queue.wake("batch");
    const again = await all();
    expect(again).toHaveLength(800);
    await Promise.all([
      queue.deadLetter(shuffled(again), died),
      queue.enqueue(shuffled(items)),
      queue.extend(shuffled(again), 60_000),
    ]);
    await Promise.all([queue.retry(), queue.enqueue(shuffled(items)), queue.retry()]);
    const last = await all();
    expect(last).toHaveLength(800);
    await queue.complete(last);
    await ledger.note(failures);
    await Promise.all([
      ledger.note(shuffled(failures)),
      ledger.forgive(shuffled(keys)),
      ledger.note(failures),
      ledger.forgive([...keys].reverse()),
    ]);
  }
  expect(watched.refused).toBe(0);
});

describe("the first call of a store in a transaction", () => {
  async function keep(pool: pg.Pool, within: PostgresStore, id: string): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await enqueuePages(within.inTransaction(client), [page(id)]);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  }

  it.each([1, 10])("waits for no other connection than its own, of a pool of %i", async (max) => {
    const pool = openPool({ max });
    const fresh = postgresStore(pool, { schema: schema.name });
    await Promise.all(names(max).map((id) => keep(pool, fresh, id)));
    expect((await fresh.queue.stats()).ready).toBe(max);
    await fresh.close();
    await pool.end();
  });

  it("says what to do where the schema is not there, and makes none in it", async () => {
    const name = schemaName();
    const pool = openPool({ max: 1 });
    const fresh = postgresStore(pool, { schema: name });
    await expect(keep(pool, fresh, "a")).rejects.toMatchObject({
      code: "store_failed",
      message: `PostgreSQL: the schema ${name} is not there yet, and is not made in a transaction of yours: call \`await store.open()\` before the transaction begins.`,
    });
    await fresh.open();
    await keep(pool, fresh, "a");
    expect((await fresh.queue.stats()).ready).toBe(1);
    await fresh.close();
    expect(await migrate(pool, { schema: name })).toEqual({ from: 2, to: 2 });
    await pool.query(`DROP SCHEMA "${name}" CASCADE`);
    await pool.end();
  });
});
