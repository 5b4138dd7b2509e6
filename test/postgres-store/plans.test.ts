import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNoScans, fill } from "./support/plans.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

let schema: TestSchema;
beforeAll(async () => {
  schema = await testSchema();
  await fill(schema, 30_000);
});
afterAll(() => schema.drop());

describe("no statement of the hot path reads a whole table of 30,000 rows", () => {
  it("before the server has looked at them", () => expectNoScans(schema, 100, false));

  it("and when it has", async () => {
    await schema.pool.query("ANALYZE");
    await expectNoScans(schema, 100, true);
  });
});

it("no statement is made of values: only names of tables and the time are put into their text", () => {
  const folder = new URL("../../packages/postgres-store/src/statements/", import.meta.url);
  const holes = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(/\$\{([^}]*)\}/gu)].map(([, hole = ""]) => hole),
  );
  const known =
    /^(NOW|ITEM|orReviveOrNote|schema|table|ids|tokens|batch|failures|condition|(held|noteThem)\(("\$?[^"]*"(, )?)*\)|items|itemNumbers|pages|completions|batches|batchKeys|keyFailures|failureNumbers|upkeep)$/u;
  expect(holes.filter((hole) => !known.test(hole))).toEqual([]);
  expect(holes.length).toBeGreaterThan(30);
});
