import { postgresStore, type PostgresPool, type PostgresStoreOptions } from "@gro/postgres-store";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { completion, item } from "./support/items.js";
import { openPool, testSchema, type TestSchema } from "./support/schemas.js";

let schema: TestSchema;
/** One connection of the server. */
let server: pg.Pool;

beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(async () => {
  await schema.empty();
  server = openPool({ max: 1 });
});
afterEach(() => server.end());

/** A pool whose connection is another one each time, as far as prepared statements tell. */
function sharing(whatOthersDid: (name: string) => string, options: PostgresStoreOptions = {}) {
  let isShared = false;
  const pool: PostgresPool = {
    connect: () => schema.pool.connect(),
    async query(statement) {
      const client = await server.connect();
      try {
        if (isShared) await client.query(whatOthersDid(statement.name ?? "gro-other"));
        return await client.query(statement);
      } finally {
        client.release();
      }
    },
  };
  const store = postgresStore(pool, { schema: schema.name, ...options });
  return {
    store,
    share() {
      isShared = true;
    },
  };
}

const forgotten = () => "DEALLOCATE ALL";
const replaced = (name: string) => `DEALLOCATE ALL; PREPARE "${name}" AS SELECT 1`;

describe("where a PgBouncer shares connections by transaction", () => {
  it.each([
    // The server's own codes: the statement is there already, is not there, and is another one.
    { sqlState: "42P05", whatOthersDid: replaced, isKnown: false },
    { sqlState: "26000", whatOthersDid: forgotten, isKnown: true },
    { sqlState: "08P01", whatOthersDid: replaced, isKnown: true },
  ])(
    "a call that fails for it says what to set ($sqlState)",
    async ({ sqlState, whatOthersDid, isKnown }) => {
      const { store, share } = sharing(whatOthersDid);
      await store.open();
      if (isKnown) await store.memo.set("key", completion("Paid for."));
      share();
      await expect(store.memo.set("key", completion("Paid for."))).rejects.toMatchObject({
        code: "store_failed",
        isRetryable: false,
        message: expect.stringMatching(
          new RegExp(
            `a PgBouncer .* \`preparedStatements: false\` and \`listen: false\`, .*--pooling transaction \\(${sqlState}\\)\\.$`,
            "u",
          ),
        ) as string,
        context: { sqlState },
      });
      await store.close();
    },
  );

  it("nothing fails with what it says", async () => {
    const { store, share } = sharing(replaced, { preparedStatements: false, listen: false });
    share();
    for (const id of ["a", "b"]) {
      await store.memo.set(id, completion("Paid for."));
      await store.queue.enqueue([item(id)]);
    }
    expect(await store.queue.claim({ limit: 9, leaseMs: 60_000 })).toHaveLength(2);
    await store.close();
  });

  it("other breaches of the protocol, which poolers tell of as well, stay for later", async () => {
    const pool: PostgresPool = {
      connect: () => schema.pool.connect(),
      query: () => Promise.reject(Object.assign(new Error("query_wait_timeout"), { code: "08P01" })),
    };
    await using store = postgresStore(pool, { schema: schema.name });
    await expect(store.queue.stats()).rejects.toMatchObject({
      isRetryable: true,
      message: "PostgreSQL: cannot open the store: query_wait_timeout (08P01).",
    });
  });
});
