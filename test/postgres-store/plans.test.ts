import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNoScans, fill, laterOnesOfClaim } from "./support/plans.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

/** As many as there ever are in one statement. */
const COUNTS = { ids: 5_000, keys: 10_000 };

let schema: TestSchema;
beforeAll(async () => {
  schema = await testSchema();
  await fill(schema, 30_000);
});
afterAll(() => schema.drop());

describe("no statement of the hot path reads a whole table of 30,000 rows", () => {
  it("before the server has looked at them", async () => {
    await expectNoScans(schema, COUNTS);
    expect(await laterOnesOfClaim(schema)).toBe(0);
  });

  it("and when it has", async () => {
    await schema.pool.query("ANALYZE");
    await expectNoScans(schema, COUNTS);
    expect(await laterOnesOfClaim(schema)).toBe(0);
  });
});

it("no statement is made of values: only names of tables and the time are put into their text", () => {
  const folder = new URL("../../packages/postgres-store/src/statements/", import.meta.url);
  const holes = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(/\$\{([^}]*)\}/gu)].map(([, hole = ""]) => hole),
  );
  const known =
    /^(NOW|ITEM|schema|table|lock|column|columns|parameter|given|isFree|endsAt|batch|failures|condition|(among|freeFor|isAhead|isFromAhead|noteThem|numbered|textsIn)\(("\$?[^"]*"(, )?)*\)|items|itemNumbers|pages|completions|batches|batchKeys|keyFailures|failureNumbers|upkeep)$/u;
  expect(holes.filter((hole) => !known.test(hole))).toEqual([]);
  expect(holes.length).toBeGreaterThan(30);
});
