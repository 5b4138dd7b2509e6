import { BatchWorker } from "@gro/batch";
import {
  postgresStore,
  type PostgresPool,
  type PostgresStore,
  type PostgresStoreOptions,
} from "@gro/postgres-store";
import { enqueuePages } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { handClock } from "../batch/support/hand-clock.js";
import { scriptedBatches } from "../batch/support/scripted-batches.js";
import { prose } from "../support/prose.js";
import { completion, page } from "./support/items.js";
import { makeRole } from "./support/roles.js";
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

/** In a store of its own, of which nothing is under way any more when the time moves on. */
async function keep(...keys: readonly string[]): Promise<void> {
  await using store = open();
  await Promise.all(keys.map((key) => store.memo.set(key, completion(`Of ${key}.`))));
}

async function read(key: string, options: PostgresStoreOptions = {}): Promise<void> {
  await using store = open(options);
  expect(await store.memo.get(key)).toEqual(completion(`Of ${key}.`));
}

/** How many completions go. */
async function expire(options: PostgresStoreOptions): Promise<number> {
  await using store = open(options);
  return (await store.expire()).completions;
}

/** How old they are, by key. */
async function ages(): Promise<Record<string, number>> {
  const { rows } = await schema.pool.query<{ key: string; age: number }>(
    `SELECT key, ${time} - set_at::float8 AS age FROM "${schema.name}".completions ORDER BY key`,
  );
  return Object.fromEntries(rows.map(({ key, age }) => [key, age]));
}

describe("a completion that is read", () => {
  it("is kept for as long as it is read every 36 hours, however short the retention", async () => {
    const options = { memoRetentionMs: SHORTEST };
    await keep("read", "unread");
    // At this age it is not yet renewed: the worst moment for the last look before a long wait.
    for (let round = 0; round < 10; round += 1) {
      time += 1.5 * DAY;
      await read("read", options);
      await expire(options);
    }
    expect(Object.keys(await ages())).toEqual(["read"]);
    time += SHORTEST + 1;
    expect(await expire(options)).toBe(1);
  });

  it("is renewed by a store that keeps all for longer, too: whichever clears away goes by its own time", async () => {
    await keep("key");
    time += 2 * DAY;
    await read("key", { memoRetentionMs: 300 * DAY });
    time += SHORTEST;
    expect(await expire({ memoRetentionMs: SHORTEST })).toBe(0);
  });

  it("is written to once in 36 hours only, with all others that are read at the same time", async () => {
    const keys = Array.from({ length: 300 }, (_, index) => `k-${index}`);
    await keep(...keys);
    let updates = 0;
    const counting: PostgresPool = {
      connect: () => schema.pool.connect(),
      query(statement) {
        if (statement.text.includes("UPDATE")) updates += 1;
        return schema.pool.query(statement);
      },
    };
    await using store = open({}, counting);
    const readAll = () => Promise.all(keys.map((key) => store.memo.get(key)));
    time += 1.5 * DAY;
    await readAll();
    expect(updates).toBe(0);
    time += 1;
    expect(await readAll()).toEqual(keys.map((key) => completion(`Of ${key}.`)));
    expect(updates).toBe(1);
    expect(new Set(Object.values(await ages()))).toEqual(new Set([0]));
    await readAll();
    expect(updates).toBe(1);
  });

  it("is not waited for where somebody is busy with it", async () => {
    await keep("busy", "free");
    time += 2 * DAY;
    const client = await schema.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(`SELECT FROM "${schema.name}".completions WHERE key = 'busy' FOR UPDATE`);
      await using store = open();
      const answers = await Promise.all([store.memo.get("busy"), store.memo.get("free")]);
      expect(answers).toEqual([completion("Of busy."), completion("Of free.")]);
      expect(await ages()).toEqual({ busy: 2 * DAY, free: 0 });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    await read("busy");
    expect(await ages()).toEqual({ busy: 0, free: 0 });
  });

  it("is read also where nothing may be written, and it is told that it cannot be kept", async () => {
    await keep("key");
    time += 2 * DAY;
    const role = await makeRole();
    try {
      await schema.pool.query(`GRANT USAGE ON SCHEMA "${schema.name}" TO ${role.name}`);
      await schema.pool.query(`GRANT SELECT ON ALL TABLES IN SCHEMA "${schema.name}" TO ${role.name}`);
      const onRetentionFailed = vi.fn();
      await using store = open({ onRetentionFailed }, role.pool);
      expect(await store.memo.get("key")).toEqual(completion("Of key."));
      expect(onRetentionFailed).toHaveBeenCalledOnce();
      expect(onRetentionFailed.mock.calls[0]?.[0]).toMatchObject({
        code: "store_failed",
        context: { doing: "keep completions that are in use", sqlState: "42501" },
      });
    } finally {
      await role.drop();
    }
  });
});

it("a page whose rounds take longer than the shortest retention pays for each of its steps once", async () => {
  const clock = handClock();
  await using store = postgresStore(schema.pool, { schema: schema.name, clock, memoRetentionMs: SHORTEST });
  const provider = scriptedBatches({ clock, endsAfterMs: 20 * HOUR, behaviour: "verbose" });
  const worker = new BatchWorker({
    ...{ store, provider, clock },
    tokenizer: approximate(),
    defaults: { targetTokens: 100, chunkSize: 64, tokenMax: 300 },
  });
  await enqueuePages(store, [page("pg_1", prose(1_800, 1))]);
  const startedAt = clock.now();
  const summary = async () => (await store.pages.read("pg_1"))?.page.summary;
  while ((await summary()) === undefined && clock.now() < startedAt + 30 * DAY) {
    await worker.tick();
    await store.expire();
    clock.advance(5 * HOUR);
  }
  expect(await summary()).toEqual(expect.any(String));
  // So long that the first ones would have gone.
  expect(clock.now() - startedAt).toBeGreaterThan(SHORTEST + 20 * HOUR);
  const sent = provider.batches.flatMap(({ requests }) => requests.map(({ key }) => key));
  expect(sent.length).toBeGreaterThan(50);
  expect(sent.length).toBe(new Set(sent).size);
});
