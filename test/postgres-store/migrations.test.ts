import { migrate, postgresStore } from "@gro/postgres-store";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { versionsOf } from "../../packages/postgres-store/src/migrations/versions.js";
import { item } from "./support/items.js";
import { makeRole, type Role } from "./support/roles.js";
import { openPool, schemaName } from "./support/schemas.js";

let pool: pg.Pool;
let schema: string;

beforeAll(() => {
  pool = openPool({ max: 30 });
});
afterAll(() => pool.end());
beforeEach(() => {
  schema = schemaName();
});
afterEach(() => pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`));

async function hasSchema(): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema]);
  return rowCount === 1;
}

describe("migrate", () => {
  it("makes the schema once, however often it is asked to", async () => {
    expect(await migrate(pool, { schema })).toEqual({ from: 0, to: 2 });
    expect(await migrate(pool, { schema })).toEqual({ from: 2, to: 2 });
  });

  it("is done by one of ten who begin at once; the others find it done", async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => migrate(pool, { schema })));
    expect(outcomes.map(({ from }) => from).sort()).toEqual([0, ...Array<number>(9).fill(2)]);
  });

  it.each(["repeatable read", "serializable"])(
    "is done by one of ten users whose transactions are %s by default",
    async (isolation) => {
      const role = await makeRole();
      await pool.query(`ALTER ROLE ${role.name} SET default_transaction_isolation = '${isolation}'`);
      const database = new URL(role.url).pathname.slice(1);
      await pool.query(`GRANT CREATE ON DATABASE "${database}" TO ${role.name}`);
      const pools = Array.from({ length: 10 }, () => openPool({ connectionString: role.url, max: 1 }));
      // All are connected before one of them begins.
      for (const own of pools) await own.query("SELECT 1");
      try {
        const outcomes = await Promise.all(pools.map((own) => migrate(own, { schema })));
        expect(outcomes.map(({ from }) => from).sort()).toEqual([0, ...Array<number>(9).fill(2)]);
      } finally {
        for (const own of pools) await own.end();
        await role.drop();
      }
    },
  );

  it("is done by the first call of ten stores that are new at once", async () => {
    const stores = Array.from({ length: 10 }, () => postgresStore(pool, { schema }));
    const outcomes = await Promise.all(
      stores.map(({ queue }, index) => queue.enqueue([item(`page-${index}`)])),
    );
    expect(outcomes.flat().map(({ kind }) => kind)).toEqual(Array(10).fill("queued"));
    for (const store of stores) await store.close();
  });

  it("leaves nothing behind where it fails in the middle", async () => {
    // A table of this name is in the way of the third statement.
    await pool.query(`CREATE SCHEMA "${schema}"`);
    await pool.query(`CREATE TABLE "${schema}".completions (something text)`);
    await expect(migrate(pool, { schema })).rejects.toMatchObject({ code: "store_failed" });
    const { rows } = await pool.query<{ relname: string }>(
      "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1",
      [schema],
    );
    expect(rows).toEqual([{ relname: "completions" }]);
  });

  it("leaves the listeners alone that a host has put on its connections", async () => {
    const own = openPool({ max: 1 });
    own.on("connect", (client) => client.on("error", () => undefined));
    const listeners = async () => {
      const client = await own.connect();
      const counts = [client.listenerCount("error"), client.listenerCount("notification")];
      client.release();
      return counts;
    };
    const before = await listeners();
    await migrate(own, { schema });
    expect(await listeners()).toEqual(before);
    await own.end();
  });

  it("brings a schema of the first version up to date, with what is in it", async () => {
    const statements = versionsOf(schema);
    await pool.query(`CREATE SCHEMA "${schema}"`);
    await pool.query(`CREATE TABLE "${schema}".migrations (version integer PRIMARY KEY)`);
    for (const text of statements[0] ?? []) await pool.query(text);
    await pool.query(
      `INSERT INTO "${schema}".migrations VALUES (1);
       INSERT INTO "${schema}".items (id, number, state, queued_at, claimable_at, token, given)
       VALUES ('a@x', 1, 'later', 0, 0, 'token', '{"label":"","lane":null,"request":{}}')`,
    );
    expect(await migrate(pool, { schema })).toEqual({ from: 1, to: 2 });
    await using store = postgresStore(pool, { schema });
    expect(await store.queue.extend([{ itemId: "a@x", token: "token" }], 1)).toEqual(["ok"]);
  });

  it("makes nothing when a store is opened that may not migrate", async () => {
    await using store = postgresStore(pool, { schema, migrate: false });
    await expect(store.queue.stats()).rejects.toMatchObject({
      code: "store_failed",
      isRetryable: false,
      message: `PostgreSQL: the schema ${schema} is not there, and this program needs version 2: run \`gro-summarizer migrate --schema ${schema}\`.`,
    });
    expect(await hasSchema()).toBe(false);
  });

  it("refuses a schema of a later version, in every way of coming to it", async () => {
    await migrate(pool, { schema });
    await pool.query(`INSERT INTO "${schema}".migrations (version) VALUES (3)`);
    const refusal = {
      code: "store_newer_version",
      isRetryable: false,
      message: `The schema ${schema} has version 3, and this program knows 2: update @gro/postgres-store.`,
    };
    await expect(migrate(pool, { schema })).rejects.toMatchObject(refusal);
    await using store = postgresStore(pool, { schema });
    await expect(store.queue.enqueue([item("a")])).rejects.toMatchObject(refusal);
  });

  it.each(["", "Gro", "a-b", 'a"b', "x".repeat(42), "1a", "a;drop"])("refuses the name %j", async (name) => {
    const isRefused = { code: "invalid_option", context: { option: "schema" } };
    await expect(migrate(pool, { schema: name })).rejects.toMatchObject(isRefused);
    expect(() => postgresStore(pool, { schema: name })).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });
});

describe("a store that runs", () => {
  afterEach(() => vi.restoreAllMocks());

  it("notices within five minutes that a later version has changed the schema, or that it is gone", async () => {
    await using store = postgresStore(pool, { schema });
    let passed = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + passed);
    await store.queue.enqueue([item("a")]);
    await pool.query(`INSERT INTO "${schema}".migrations (version) VALUES (3)`);
    passed += 300_000;
    await expect(store.queue.stats()).rejects.toMatchObject({ code: "store_newer_version" });
    await pool.query(`DELETE FROM "${schema}".migrations WHERE version = 3`);
    expect(await store.queue.stats()).toMatchObject({ ready: 1 });
    await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
    passed += 300_000;
    await expect(store.queue.stats()).rejects.toMatchObject({ code: "store_failed", isRetryable: false });
    expect(await hasSchema()).toBe(false);
  });
});

describe("a user with few rights", () => {
  let role: Role;
  beforeEach(async () => {
    role = await makeRole();
  });
  afterEach(() => role.drop());

  it("who may make no schema is told what to do", async () => {
    await using store = postgresStore(role.pool, { schema });
    await expect(store.queue.stats()).rejects.toMatchObject({
      code: "store_failed",
      isRetryable: false,
      message: expect.stringContaining(`may not make or change the schema ${schema}`) as string,
    });
  });

  it("can work with a schema that somebody else has made, by four grants", async () => {
    await migrate(pool, { schema });
    await pool.query(`GRANT USAGE ON SCHEMA "${schema}" TO ${role.name}`);
    await pool.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO ${role.name}`,
    );
    await pool.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA "${schema}" TO ${role.name}`);
    await using store = postgresStore(role.pool, { schema });
    await store.queue.enqueue([item("a")]);
    const claims = await store.queue.claim({ limit: 1, leaseMs: 60_000 });
    expect(await store.queue.deadLetter(claims, { code: "odd", message: "Odd." })).toEqual(["ok"]);
    await store.ledger.note([{ key: "key", kind: "odd", message: "Odd." }]);
  });

  it("is refused while commits of theirs could be lost", async () => {
    await pool.query(`ALTER ROLE ${role.name} SET synchronous_commit = off`);
    await using store = postgresStore(role.pool, { schema });
    await expect(store.queue.stats()).rejects.toMatchObject({
      code: "store_failed",
      message: expect.stringContaining("synchronous_commit is off") as string,
    });
  });
});
