import { migrate, postgresStore, type PostgresPool } from "@gro/postgres-store";
import { BatchWorker, localBatch } from "@gro/batch";
import { contentHash, enqueuePages } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { completion, item, page, pageIds } from "./support/items.js";
import { makeRole, type Role } from "./support/roles.js";
import { openPool, schemaName, testSchema, type TestSchema } from "./support/schemas.js";
import { startServer, type Server } from "./support/server.js";
import { watchingProxy } from "./support/watching-proxy.js";

let schema: TestSchema;
beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(() => schema.empty());

const open = (pool: PostgresPool = schema.pool) => postgresStore(pool, { schema: schema.name });

describe("a server that is gone", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ isDurable: true });
  });
  afterAll(() => server.dispose());

  it.each(["fast", "immediate"] as const)(
    "and comes back (%s): calls say that later is better, the same store goes on, and nothing is lost",
    async (mode) => {
      await using store = postgresStore(server.url);
      const id = `page-${mode}`;
      await store.queue.enqueue([item(id)]);
      await store.memo.set(id, completion("Paid for."));
      await store.ledger.reserve({ ref: id, provider: "p", modelId: "m", keys: [id] }, 60_000);
      await server.stop(mode);
      for (const call of [() => store.queue.enqueue([item("later")]), () => store.memo.get(id)]) {
        await expect(call()).rejects.toMatchObject({ code: "store_failed", isRetryable: true });
      }
      await server.start();
      expect(await store.memo.get(id)).toEqual(completion("Paid for."));
      expect(await store.ledger.holders([id])).toEqual(new Map([[id, id]]));
      expect(pageIds(await store.queue.claim({ limit: 10, leaseMs: 60_000 }))).toContain(id);
    },
  );

  it("lets a worker wait, and go on by itself", async () => {
    await using store = postgresStore(server.url);
    const worker = new BatchWorker({
      store,
      provider: localBatch(scriptedModel()),
      tokenizer: approximate(),
      pollIntervalMs: 50,
      batchPollIntervalMs: 50,
    });
    const errors: unknown[] = [];
    worker.events.on("error", (error) => errors.push(error));
    worker.start();
    try {
      await server.stop("immediate");
      await vi.waitFor(() => expect(errors.length).toBeGreaterThan(0), 10_000);
      expect(errors[0]).toMatchObject({ code: "store_failed", isRetryable: true });
      await server.start();
      await enqueuePages(store, [page("after-the-storm")]);
      const summary = async () => (await store.pages.read("after-the-storm"))?.page.summary;
      await vi.waitFor(async () => expect(await summary()).toEqual(expect.any(String)), 20_000);
    } finally {
      await worker.stop();
    }
  });
});

describe("what the driver says", () => {
  it("about a Unix socket that a stopped server has taken away is for later", async () => {
    await using store = postgresStore("postgres://gro:pw@/postgres?host=/no/such/folder");
    await expect(store.queue.stats()).rejects.toMatchObject({
      isRetryable: true,
      message: "PostgreSQL: cannot open the store: nothing answers there (ENOENT).",
    });
  });

  it("about a file that is missing is for somebody", async () => {
    await using store = postgresStore("postgres://gro@localhost:1/postgres?sslrootcert=/no/such/file");
    await expect(store.queue.stats()).rejects.toMatchObject({ isRetryable: false });
  });

  it.each(["25P03", "25P04", "40001", "53100", "57P01", "08006", "EMFILE", "ENETDOWN", "EHOSTDOWN"])(
    "%s is for later",
    async (code) => {
      const broken: PostgresPool = {
        connect: () => Promise.reject(new Error("not asked for")),
        query: () => Promise.reject(Object.assign(new Error("Odd."), { code })),
      };
      await using store = open(broken);
      await expect(store.queue.stats()).rejects.toMatchObject({ code: "store_failed", isRetryable: true });
    },
  );
});

describe("a server that refuses", () => {
  let role: Role;
  beforeEach(async () => {
    role = await makeRole();
    await schema.pool.query(`GRANT USAGE ON SCHEMA "${schema.name}" TO ${role.name}`);
    await schema.pool.query(`GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA "${schema.name}" TO ${role.name}`);
    await schema.pool.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA "${schema.name}" TO ${role.name}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await role.drop();
  });

  it("for want of a right says so, and that time alone does not mend it", async () => {
    await using store = open(role.pool);
    await expect(store.queue.claim({ limit: 1, leaseMs: 1 })).rejects.toMatchObject({
      message: "PostgreSQL: cannot claim items: permission was denied (42501).",
      isRetryable: false,
      context: { doing: "claim items", sqlState: "42501" },
    });
  });

  it("because it is read-only, or has too many connections, says that later is better", async () => {
    await schema.pool.query(`ALTER ROLE ${role.name} SET default_transaction_read_only = on`);
    await using store = open(role.pool);
    await expect(store.queue.enqueue([item("a")])).rejects.toMatchObject({
      isRetryable: true,
      message: expect.stringContaining(
        "takes no changes: it is a standby or about to be one, or default_transaction_read_only is on for this user (25006)",
      ) as string,
    });
    await schema.pool.query(`ALTER ROLE ${role.name} CONNECTION LIMIT 0`);
    await using other = postgresStore(role.url, { schema: schema.name });
    await expect(other.queue.stats()).rejects.toMatchObject({
      isRetryable: true,
      context: { sqlState: "53300" },
    });
  });

  it.each([undefined, ""])("for want of a password says where to give it: %j", async (password) => {
    vi.stubEnv("PGPASSWORD", undefined);
    vi.stubEnv("PGPASSFILE", "/no/such/file");
    const url = new URL(role.url);
    url.password = "";
    // The driver leaves such a connection open, and the server waits for a minute then; the proxy ends it.
    await using proxy = await watchingProxy(url.href);
    const pool = new pg.Pool({ connectionString: proxy.url, ...(password !== undefined && { password }) });
    for (const connection of password === undefined ? [pool, proxy.url] : [pool]) {
      await using store = postgresStore(connection, { schema: schema.name });
      await expect(store.queue.stats()).rejects.toMatchObject({
        code: "store_failed",
        isRetryable: false,
        message:
          "PostgreSQL: cannot open the store: the server asks for a password, and none was given: put it into the URL " +
          "(postgres://user:password@host/database), the `password` of your pool, PGPASSWORD or ~/.pgpass.",
      });
    }
    await pool.end();
  });

  it("because its disk is full loses nothing, and goes on when there is room", async () => {
    await using store = open();
    await store.queue.enqueue([item("before")]);
    const full = `"${schema.name}".full_disk`;
    await schema.pool.query(
      `CREATE FUNCTION ${full}() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
    );
    await schema.pool.query(
      `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON "${schema.name}".items EXECUTE FUNCTION ${full}()`,
    );
    const refusal = { isRetryable: true, message: expect.stringContaining("disk is full (53100)") as string };
    await expect(store.queue.enqueue([item("meanwhile")])).rejects.toMatchObject(refusal);
    await expect(store.queue.claim({ limit: 1, leaseMs: 1_000 })).rejects.toMatchObject(refusal);
    await schema.pool.query(`DROP FUNCTION ${full} CASCADE`);
    expect(pageIds(await store.queue.claim({ limit: 9, leaseMs: 60_000 }))).toEqual(["before"]);
  });
});

describe("a database that cannot hold every text", () => {
  it("is refused before anything is made in it", async () => {
    const name = schemaName();
    const admin = openPool({ max: 1 });
    await admin.query(`CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'`);
    const url = new URL(inject("databaseUrl"));
    url.pathname = `/${name}`;
    const refusal = {
      code: "store_failed",
      isRetryable: false,
      message: expect.stringContaining("the encoding LATIN1, which cannot hold every text") as string,
    };
    await expect(migrate(url.href)).rejects.toMatchObject(refusal);
    {
      await using store = postgresStore(url.href);
      await expect(store.memo.set("key", completion("“Paid for.”"))).rejects.toMatchObject(refusal);
    }
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
});

describe("a server that is too old", () => {
  it("is refused", async () => {
    const older: PostgresPool = {
      connect: () => schema.pool.connect(),
      async query(statement) {
        const { rows } = await schema.pool.query<Record<string, unknown>>(statement);
        return {
          rows: rows.map((row) => ("number" in row ? { ...row, number: "120022", version: "12.22" } : row)),
        };
      },
    };
    await using store = open(older);
    await expect(store.queue.stats()).rejects.toMatchObject({
      message: "PostgreSQL 12.22 is too old: the store needs 13 or later.",
    });
  });
});

describe("a default isolation of transactions that is stricter than is needed", () => {
  it.each(["serializable", "repeatable read"])(
    "(%s) lets many work at once all the same",
    async (isolation) => {
      const options = `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`;
      const pool = openPool({ max: 8, options });
      const stores = Array.from({ length: 8 }, () => open(pool));
      let done = 0;
      await Promise.all(
        stores.map(async ({ queue }, index) => {
          for (let round = 0; round < 15; round += 1) {
            await queue.enqueue([item(`own-${index}-${round}`), item(`shared-${round}`)]);
            const { length } = await queue.complete(await queue.claim({ limit: 5, leaseMs: 60_000 }));
            done += length;
          }
        }),
      );
      const { ready } = await open(pool).queue.stats();
      expect(done + ready).toBeGreaterThanOrEqual(8 * 15 + 15);
      for (const store of stores) await store.close();
      await pool.end();
    },
  );
});

it("who was in somebody's way waits a little before the next try", async () => {
  let until: number | undefined;
  const crowded: PostgresPool = {
    connect: () => schema.pool.connect(),
    query(statement) {
      until ??= performance.now() + 50;
      if (!statement.text.includes("count(*)") || performance.now() > until)
        return schema.pool.query(statement);
      return Promise.reject(Object.assign(new Error("Deadlock."), { code: "40P01" }));
    },
  };
  await using store = open(crowded);
  expect((await store.queue.stats()).ready).toBe(0);
});

describe("a worker whose clock is an hour off", () => {
  afterEach(() => vi.useRealTimers());

  it.each([-3_600_000, 3_600_000])("(%i ms) holds and takes leases as the others do", async (off) => {
    await using right = open();
    await using wrong = open();
    const inItsTime = async <Answer>(work: () => Promise<Answer>) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + off });
      try {
        return await work();
      } finally {
        vi.useRealTimers();
      }
    };
    const request = { limit: 1, leaseMs: 60_000 };
    await right.queue.enqueue([item("a")]);
    await inItsTime(() => wrong.queue.enqueue([item("b")]));
    const [first] = await right.queue.claim(request);
    expect(first?.item.pageId).toBe("a");
    const claims = await inItsTime(() => wrong.queue.claim({ ...request, limit: 9 }));
    expect(pageIds(claims)).toEqual(["b"]);
    expect(Math.abs((claims[0]?.leaseEndsAt ?? 0) - Date.now() - 60_000)).toBeLessThan(20_000);
    expect(await right.queue.claim(request)).toEqual([]);
    expect(await inItsTime(() => wrong.queue.extend(claims, 60_000))).toEqual(["ok"]);
  });
});

describe("what else comes from outside", () => {
  it("is not mixed up by a pool that reads numbers, times and JSON its own way", async () => {
    const types = { getTypeParser: () => () => ({ odd: true }) };
    const pool = new pg.Pool({ ...schema.pool.options, types });
    const store = open(pool);
    await store.queue.enqueue([item("a")]);
    const claims = await store.queue.claim({ limit: 1, leaseMs: 60_000 });
    expect(pageIds(claims)).toEqual(["a"]);
    await store.pages.save(page("a"));
    expect((await store.pages.read("a"))?.page).toEqual(page("a"));
    await store.close();
    await pool.end();
  });

  it("keeps every character of texts for people, and refuses names that PostgreSQL cannot hold", async () => {
    await using store = open();
    const odd = "NUL \0 and half \ud83d of a pair";
    await store.queue.enqueue([item("a", { label: odd })]);
    const claims = await store.queue.claim({ limit: 1, leaseMs: 60_000 });
    expect(claims[0]?.item.label).toBe(odd);
    await store.queue.deadLetter(claims, { code: "odd", message: odd });
    expect((await store.queue.deadLetters())[0]?.reason.message).toBe(odd);
    await store.ledger.note([{ key: "key", kind: "odd", message: odd }]);
    expect((await store.ledger.failuresOf(["key"])).get("key")?.failure.message).toBe(odd);
    const refusal = { code: "invalid_item" };
    await expect(store.queue.enqueue([item("b", { contentHash: odd })])).rejects.toMatchObject(refusal);
    await expect(store.ledger.note([{ key: "key", kind: odd, message: "" }])).rejects.toMatchObject(refusal);
  });

  it("fails alone where a name is too long for PostgreSQL, beside others at the same time", async () => {
    await using store = open();
    const long = Array.from({ length: 3_000 }, (_, index) => contentHash(`${index}`).slice(0, 3)).join("");
    const [refused, ...others] = await Promise.allSettled([
      store.memo.set(long, completion("Long.")),
      store.memo.set("a", completion("Paid for.")),
      store.memo.set("b", completion("Paid for.")),
    ]);
    expect(refused).toMatchObject({ status: "rejected", reason: { code: "invalid_item" } });
    expect(others.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    const refusal = { code: "invalid_item" };
    await expect(store.queue.enqueue([item("a", { contentHash: long })])).rejects.toMatchObject(refusal);
    await expect(store.ledger.note([{ key: "key", kind: long, message: "" }])).rejects.toMatchObject(refusal);
  });

  it("is no pool: a single client of pg, which could take one call at a time", () => {
    expect(() => postgresStore(new pg.Client() as unknown as PostgresPool)).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });

  it("is refused once the store is closed; the caller's pool stays open", async () => {
    const store = open();
    await store.queue.stats();
    await store.close();
    await store.close();
    const calls = [() => store.queue.stats(), () => store.memo.get("key"), () => store.pages.read("a")];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "store_closed" });
    expect((await schema.pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  it("is waited for by everybody who closes the store", async () => {
    const client = await schema.pool.connect();
    await client.query("BEGIN");
    await client.query(`LOCK TABLE "${schema.name}".items IN ACCESS EXCLUSIVE MODE`);
    const store = open();
    await store.open();
    const told: string[] = [];
    const stats = store.queue.stats().then(() => told.push("stats"));
    const noted = async (close: PromiseLike<void>) => {
      await close;
      told.push("closed");
    };
    const closing = [noted(store.close()), noted(store.close())];
    await vi.waitFor(async () => {
      const { rowCount } = await client.query(
        "SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass",
        [`${schema.name}.items`],
      );
      expect(rowCount).toBe(1);
    });
    closing.push(noted(store[Symbol.asyncDispose]()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    await client.query("COMMIT");
    client.release();
    await Promise.all([stats, ...closing]);
    expect(told).toEqual(["stats", "closed", "closed", "closed"]);
  });

  it.each([undefined, null, 7, "", "localhost", "mysql://host/db", {}, { query: () => undefined }])(
    "is no connection: %j",
    (connection) => {
      expect(() => postgresStore(connection as unknown as string)).toThrow(
        expect.objectContaining({ code: "invalid_option" }),
      );
    },
  );

  it("is not shown where it may have a password in it", () => {
    expect(() => postgresStore("postgress://user:hidden@host/db")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("hidden") as string }),
    );
  });
});
