import { postgresStore, type PostgresStore, type PostgresStoreOptions } from "@gro/postgres-store";
import type { DurableStore } from "@gro/queue";
import { durableStoreContract, type StoreUnderTest } from "@gro/queue/contract";
import type pg from "pg";
import { afterAll, beforeAll, describe, it } from "vitest";
import { testSchema, type TestSchema } from "./support/schemas.js";
import { shiftedClock, type ShiftedClock } from "./support/shifted-clock.js";

let schema: TestSchema;
let clock: ShiftedClock;

beforeAll(async () => {
  schema = await testSchema();
  clock = await shiftedClock();
});
afterAll(async () => {
  await clock.drop();
  await schema.drop();
});

/** An empty store, which is opened as often as a case wants it. */
async function underTest(
  pool: pg.Pool,
  options: PostgresStoreOptions,
): Promise<StoreUnderTest<DurableStore>> {
  await schema.empty();
  const stores: PostgresStore[] = [];
  const open = async () => {
    const store = postgresStore(pool, { ...options, schema: schema.name });
    stores.push(store);
    return store;
  };
  return {
    ...{ store: await open(), reopen: open, another: open },
    async dispose() {
      for (const store of stores) await store.close();
    },
  };
}

durableStoreContract(
  { describe, it },
  {
    name: "postgresStore by a given clock",
    createStore: (environment) => underTest(schema.pool, environment),
  },
);

durableStoreContract(
  { describe, it },
  {
    name: "postgresStore by the database's clock",
    ownsClock: true,
    async createStore() {
      return { ...(await underTest(clock.pool, {})), passTime: (milliseconds) => clock.pass(milliseconds) };
    },
  },
);
