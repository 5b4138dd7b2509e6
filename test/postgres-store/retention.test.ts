import { postgresStore, type PostgresStore, type PostgresStoreOptions } from "@gro/postgres-store";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { completion, item } from "./support/items.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

const DAY = 86_400_000;
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

function open(options: PostgresStoreOptions = {}): PostgresStore {
  return postgresStore(schema.pool, { schema: schema.name, clock: { now: () => time }, ...options });
}

async function kill(store: PostgresStore, pageId: string): Promise<void> {
  await store.queue.enqueue([item(pageId)]);
  const claims = await store.queue.claim({ limit: 1, leaseMs: DAY });
  await store.queue.deadLetter(claims, { code: "odd", message: "Odd." });
}

describe("what is kept for a time", () => {
  it("goes when the time is over: completions and failures after 30 days, dead letters never", async () => {
    await using store = open();
    await store.memo.set("old", completion("Old."));
    await store.memo.set("set again", completion("Old."));
    await store.ledger.note([{ key: "old", kind: "expired", message: "Late." }]);
    await kill(store, "dead");
    time += 30 * DAY;
    expect(await store.expire()).toEqual({ completions: 0, failures: 0, deadLetters: 0 });
    await store.memo.set("set again", completion("New."));
    await store.ledger.note([{ key: "new", kind: "expired", message: "Late." }]);
    time += 1;
    expect(await store.expire()).toEqual({ completions: 1, failures: 1, deadLetters: 0 });
    expect(await store.memo.get("set again")).toEqual(completion("New."));
    expect([...(await store.ledger.failuresOf(["old", "new"])).keys()]).toEqual(["new"]);
    expect((await store.queue.stats()).dead).toBe(1);
  });

  it("goes after other times where that is set, and live items stay whatever their age", async () => {
    await using store = open({ memoRetentionMs: 0, deadLetterRetentionMs: DAY });
    await kill(store, "old");
    time += DAY;
    await kill(store, "new");
    await store.queue.enqueue([item("live")]);
    await store.memo.set("key", completion("Text."));
    time += 1;
    expect(await store.expire()).toEqual({ completions: 1, failures: 0, deadLetters: 1 });
    expect(await store.queue.stats()).toMatchObject({ ready: 1, dead: 1 });
  });

  it("goes in parts, while others read and write what stays", async () => {
    await using store = open();
    await Promise.all(
      Array.from({ length: 2_500 }, (_, index) => store.memo.set(`k-${index}`, completion("x"))),
    );
    time += 31 * DAY;
    // Somebody who holds a row does not keep the others from going.
    const client = await schema.pool.connect();
    await client.query("BEGIN");
    await client.query(`SELECT FROM "${schema.name}".completions WHERE key = 'k-1' FOR UPDATE`);
    expect((await store.expire()).completions).toBe(2_499);
    await client.query("ROLLBACK");
    client.release();
    expect((await store.expire()).completions).toBe(1);
  });

  it("is cleared away by use alone, once an hour over all processes", async () => {
    await using first = open();
    await first.memo.set("old", completion("Old."));
    await vi.waitFor(async () => {
      const { rowCount } = await schema.pool.query(`SELECT FROM "${schema.name}".upkeep`);
      expect(rowCount).toBe(1);
    });
    time += 31 * DAY;
    await using second = open();
    await second.queue.claim({ limit: 1, leaseMs: 1 });
    await vi.waitFor(async () => expect(await first.memo.get("old")).toBeUndefined());
    await first.memo.set("old", completion("Old."));
    time += 3_599_999;
    await using third = open({ memoRetentionMs: 0 });
    await third.queue.claim({ limit: 1, leaseMs: 1 });
    await third.close();
    expect(await first.memo.get("old")).toEqual(completion("Old."));
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
