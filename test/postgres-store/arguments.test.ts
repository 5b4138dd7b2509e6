import { postgresStore, type PostgresStore } from "@gro/postgres-store";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { expectRefused, failure, unreadableCalls } from "../queue/unreadable-calls.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

let schema: TestSchema;
let store: PostgresStore;

beforeAll(async () => {
  schema = await testSchema();
  store = postgresStore(schema.pool, { schema: schema.name });
});
afterAll(async () => {
  await store.close();
  await schema.drop();
});
beforeEach(() => schema.empty());

it.each(unreadableCalls)(
  "what nobody could read again is refused by name: %s",
  async (_name, option, call) => {
    await store.ledger.note([failure]);
    await expectRefused(call(store), option);
    expect(await store.ledger.failuresOf(["key"])).toMatchObject({ size: 1 });
    expect(await store.queue.deadLetters()).toEqual([]);
  },
);
