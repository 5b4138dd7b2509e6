import {
  postgresStore,
  type PostgresPool,
  type PostgresStore,
  type PostgresStoreOptions,
} from "@gro/postgres-store";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Database } from "../../packages/postgres-store/src/connection/database.js";
import { resolveOptions } from "../../packages/postgres-store/src/options.js";
import { Retention } from "../../packages/postgres-store/src/stores/retention.js";
import { completion, item } from "./support/items.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHORTEST = 3 * DAY;
let schema: TestSchema;
let time: number;

beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  time = Date.UTC(2026, 0, 1);
});

function open(options: PostgresStoreOptions = {}, pool: PostgresPool = schema.pool): PostgresStore {
  return postgresStore(pool, { schema: schema.name, clock: { now: () => time }, ...options });
}

/** Uses a store of its own. Nothing of it is under way any more when the time moves on: a store clears away by itself what is too old. */
async function use<Answer>(
  work: (store: PostgresStore) => Promise<Answer>,
  options: PostgresStoreOptions = {},
): Promise<Answer> {
  await using store = open(options);
  return await work(store);
}

const expire = (options: PostgresStoreOptions = {}) => use((store) => store.expire(), options);
const keep = (...keys: readonly string[]) =>
  use(({ memo }) => Promise.all(keys.map((key) => memo.set(key, completion(`Of ${key}.`)))));
const fail = (key: string) => use(({ ledger }) => ledger.note([{ key, kind: "expired", message: "Late." }]));

async function kill(pageId: string): Promise<void> {
  await use(async ({ queue }) => {
    await queue.enqueue([item(pageId)]);
    const claims = await queue.claim({ limit: 1, leaseMs: DAY });
    await queue.deadLetter(claims, { code: "odd", message: "Odd." });
  });
}

async function keptKeys(): Promise<string[]> {
  const { rows } = await schema.pool.query<{ key: string }>(
    `SELECT key FROM "${schema.name}".completions ORDER BY key`,
  );
  return rows.map(({ key }) => key);
}

describe("what is kept for a time", () => {
  it("goes when the time is over: completions and failures after 30 days, dead letters never", async () => {
    await keep("old", "set again");
    await fail("old");
    await kill("dead");
    time += 30 * DAY;
    expect(await expire()).toEqual({ completions: 0, failures: 0, deadLetters: 0 });
    await keep("set again");
    await fail("new");
    time += 1;
    expect(await expire()).toEqual({ completions: 1, failures: 1, deadLetters: 0 });
    await use(async ({ memo, ledger, queue }) => {
      expect(await memo.get("set again")).toEqual(completion("Of set again."));
      expect([...(await ledger.failuresOf(["old", "new"])).keys()]).toEqual(["new"]);
      expect((await queue.stats()).dead).toBe(1);
    });
  });

  it("goes after other times where that is set, and live items stay whatever their age", async () => {
    const options = { memoRetentionMs: SHORTEST, deadLetterRetentionMs: DAY };
    await keep("key");
    await kill("old");
    time += SHORTEST;
    await kill("new");
    await use(({ queue }) => queue.enqueue([item("live")]));
    time += 1;
    expect(await expire(options)).toEqual({ completions: 1, failures: 0, deadLetters: 1 });
    expect(await use(({ queue }) => queue.stats())).toMatchObject({ ready: 1, dead: 1 });
  });

  it("goes in parts, while others read and write what stays", async () => {
    await keep(...Array.from({ length: 2_500 }, (_, index) => `k-${index}`));
    time += 31 * DAY;
    // Somebody who holds a row does not keep the others from going.
    const client = await schema.pool.connect();
    await client.query("BEGIN");
    await client.query(`SELECT FROM "${schema.name}".completions WHERE key = 'k-1' FOR UPDATE`);
    expect((await expire()).completions).toBe(2_499);
    await client.query("ROLLBACK");
    client.release();
    expect((await expire()).completions).toBe(1);
  });

  it.each([
    ["written to", (store: PostgresStore) => store.memo.set("new", completion("New."))],
    ["asked for work", (store: PostgresStore) => store.queue.claim({ limit: 1, leaseMs: 1 })],
  ])("is cleared away by use alone, when a store is %s", async (_name, call) => {
    await keep("old");
    time += 31 * DAY;
    await using store = open();
    await call(store);
    await vi.waitFor(async () => expect(await keptKeys()).not.toContain("old"), 10_000);
  });

  it("tells when it could not be cleared away, and nobody else hears of it", async () => {
    const onRetentionFailed = vi.fn();
    await using store = open({ onRetentionFailed });
    await schema.pool.query(`ALTER TABLE "${schema.name}".upkeep RENAME TO gone`);
    try {
      await store.memo.set("key", completion("Text."));
      await vi.waitFor(() => expect(onRetentionFailed).toHaveBeenCalledOnce());
    } finally {
      await schema.pool.query(`ALTER TABLE "${schema.name}".gone RENAME TO upkeep`);
    }
    expect(onRetentionFailed.mock.calls[0]?.[0]).toMatchObject({ code: "store_failed" });
  });
});

describe("processes that all use a store", () => {
  /** One of them, from its start. Its watch and the clock of the database move together. */
  function startProcess(pool: PostgresPool = schema.pool): () => Promise<void> {
    const options = resolveOptions({ schema: schema.name, clock: { now: () => time } });
    const retention = new Retention(new Database(pool, options), () => time);
    return async () => {
      retention.noteUse();
      await retention.settle();
    };
  }

  /** Clearing away takes it. */
  async function putOld(): Promise<void> {
    await schema.pool.query(`INSERT INTO "${schema.name}".completions VALUES ('old', 0, '{}')`);
  }

  it("clear away once an hour, over all of them", async () => {
    const [first, second] = [startProcess(), startProcess()];
    await putOld();
    await first();
    expect(await keptKeys()).toEqual([]);
    await putOld();
    await second();
    time += HOUR - 1;
    for (const work of [first, second, startProcess()]) await work();
    expect(await keptKeys()).toEqual(["old"]);
    time += 1;
    await startProcess()();
    expect(await keptKeys()).toEqual([]);
    await putOld();
    time += HOUR - 1;
    for (const work of [first, second, startProcess()]) await work();
    expect(await keptKeys()).toEqual(["old"]);
  });

  it("ask once in five minutes each whether it is their turn", async () => {
    let asked = 0;
    const work = startProcess({
      connect: () => schema.pool.connect(),
      query(statement) {
        if (statement.text.includes(".upkeep")) asked += 1;
        return schema.pool.query(statement);
      },
    });
    for (let use = 0; use < 10; use += 1) await work();
    expect(asked).toBe(1);
    time += 5 * 60_000 - 1;
    await work();
    expect(asked).toBe(1);
    time += 1;
    await work();
    expect(asked).toBe(2);
  });

  it("go by the time at which it was their turn, however long they take", async () => {
    await keep("new");
    await schema.pool.query(`DELETE FROM "${schema.name}".upkeep`);
    const work = startProcess({
      connect: () => schema.pool.connect(),
      async query(statement) {
        const answer = await schema.pool.query(statement);
        if (statement.text.includes(".upkeep")) time += 31 * DAY;
        return answer;
      },
    });
    await work();
    expect(await keptKeys()).toEqual(["new"]);
  });

  it("do not wait for the time that a clock has written which was ahead", async () => {
    time += 1_000 * DAY;
    await startProcess()();
    time -= 1_000 * DAY;
    await putOld();
    await startProcess()();
    expect(await keptKeys()).toEqual([]);
    // Those who write at the same moment may see each other's times a little ahead.
    time += 59_000;
    await startProcess()();
    time -= 59_000;
    await putOld();
    await startProcess()();
    expect(await keptKeys()).toEqual(["old"]);
  });
});

describe("what a clock has written that was ahead", () => {
  it("counts as written when it was set right: all of it goes in time, and dead letters keep their order", async () => {
    time += 1_000 * DAY;
    await keep(...Array.from({ length: 2_500 }, (_, index) => `k-${index}`));
    await fail("key");
    await kill("first");
    time += 1;
    await kill("second");
    time -= 1_000 * DAY + 1;
    const options = { deadLetterRetentionMs: DAY };
    expect(await expire(options)).toEqual({ completions: 0, failures: 0, deadLetters: 0 });
    const dead = await use(({ queue }) => queue.deadLetters());
    expect(dead.map(({ item: { pageId }, diedAt }) => [pageId, diedAt])).toEqual([
      ["first", time],
      ["second", time],
    ]);
    time += DAY + 1;
    expect(await expire(options)).toEqual({ completions: 0, failures: 0, deadLetters: 2 });
    time += 29 * DAY;
    expect(await expire(options)).toEqual({ completions: 2_500, failures: 1, deadLetters: 0 });
  });

  it("stays as it is where others are busy with it, and where it is ahead by seconds only", async () => {
    time += 59_000;
    await keep("by seconds");
    time += DAY;
    await keep("busy");
    time -= DAY + 59_000;
    const client = await schema.pool.connect();
    await client.query("BEGIN");
    await client.query(`SELECT FROM "${schema.name}".completions WHERE key = 'busy' FOR UPDATE`);
    await expire();
    await client.query("ROLLBACK");
    client.release();
    const { rows } = await schema.pool.query(
      `SELECT key, set_at::float8 - ${time} AS ahead FROM "${schema.name}".completions ORDER BY key`,
    );
    expect(rows).toEqual([
      { key: "busy", ahead: DAY + 59_000 },
      { key: "by seconds", ahead: 59_000 },
    ]);
  });
});

describe("who wants to hear of it", () => {
  const unhandled = vi.fn();
  beforeEach(() => {
    unhandled.mockReset();
    process.on("unhandledRejection", unhandled);
  });
  afterEach(() => process.off("unhandledRejection", unhandled));

  const broken = new Error("The logger is broken.");
  it.each([
    [
      "throws",
      () => {
        throw broken;
      },
    ],
    ["rejects", () => Promise.reject(broken)],
  ])("and %s itself ends no process, and no call", async (_name, trouble) => {
    const onRetentionFailed = vi.fn<() => unknown>(trouble);
    await using store = open({ onRetentionFailed });
    await schema.pool.query(`ALTER TABLE "${schema.name}".upkeep RENAME TO gone`);
    try {
      await store.queue.claim({ limit: 1, leaseMs: 1 });
      await vi.waitFor(() => expect(onRetentionFailed).toHaveBeenCalledOnce(), 10_000);
      // Node tells of a rejection when all that waits for its turn has had it.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      await schema.pool.query(`ALTER TABLE "${schema.name}".gone RENAME TO upkeep`);
    }
    expect(unhandled).not.toHaveBeenCalled();
    await store.close();
  });
});

it.each([
  [{ memoRetentionMs: 0 }, "memoRetentionMs: got 0, expected a whole number of at least 259200000"],
  [{ memoRetentionMs: SHORTEST - 1 }, "memoRetentionMs: got 259199999, expected a whole number of at least"],
  [{ memoRetentionMs: SHORTEST + 0.5 }, "memoRetentionMs: got 259200000.5, expected a whole number"],
  [{ deadLetterRetentionMs: -1 }, "deadLetterRetentionMs: got -1, expected a whole number of at least 0"],
  [{ onRetentionFailed: 5 }, "onRetentionFailed: got 5, expected a function"],
  [{ onRetentionFailed: null }, "onRetentionFailed: got null, expected a function"],
])("%j is refused by name, with what is allowed", (options, message) => {
  expect(() => open(options as PostgresStoreOptions)).toThrow(`Invalid option ${message}`);
});
