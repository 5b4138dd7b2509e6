import { postgresStore, type PostgresStore } from "@gro/postgres-store";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { textListsOf } from "../../packages/postgres-store/src/connection/text-lists.js";
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

/** Texts of the characters that separators are made of, among others. */
const hash = fc
  .array(fc.constantFrom("\u0001", "\u0002", "0", "1", "a", '"', "\\", ",", "{", "é", "😀"), {
    minLength: 1,
    maxLength: 12,
  })
  .map((characters) => characters.join(""));

describe("what is queued by many at once is queued as it was given", () => {
  it("whatever characters its hashes are made of", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(hash, { minLength: 2, maxLength: 8 }), async (hashes) => {
        await schema.empty();
        const given = hashes.map((contentHash, index) => ({
          ...{ pageId: `pg_${index}`, contentHash, label: `\u0001${contentHash}`, lane: contentHash },
        }));
        expect(await store.queue.enqueue(given)).toMatchObject(given.map(() => ({ kind: "queued" })));
        const claims = await store.queue.claim({ limit: 100, leaseMs: 60_000 });
        expect(claims.map(({ item }) => item)).toMatchObject(given);
      }),
      { numRuns: 60 },
    );
  });

  it("in any list, as long as no text is empty", () => {
    fc.assert(
      fc.property(fc.array(fc.array(hash, { minLength: 1 })), (given) => {
        const { lists, separator } = textListsOf(given);
        expect(lists.map((list) => list.split(separator))).toEqual(given);
      }),
    );
  });
});
