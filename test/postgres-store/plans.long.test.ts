import { migrate, postgresStore } from "@gro/postgres-store";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectNoScans, fill, laterOnesOfClaim } from "./support/plans.js";
import { startServer, type Server } from "./support/server.js";

let server: Server;
let pool: pg.Pool;
beforeAll(async () => {
  server = await startServer();
  pool = new pg.Pool({ connectionString: server.url });
}, 120_000);
afterAll(async () => {
  await pool.end();
  await server.dispose();
});

it("at a million rows no statement reads a whole table, and what is too old goes in parts while workers go on", async () => {
  await migrate(pool, { schema: "gro" });
  const schema = { name: "gro", pool };
  await fill(schema, 1_000_000);
  const counts = { ids: 5_000, keys: 10_000 };
  await expectNoScans(schema, counts);
  await pool.query("ANALYZE");
  await expectNoScans(schema, counts);
  expect(await laterOnesOfClaim(schema)).toBe(0);

  const clock = { now: () => Date.now() + 31 * 86_400_000 };
  await using store = postgresStore(pool, { clock, deadLetterRetentionMs: 0 });
  let isOver = false;
  const expired = store.expire().finally(() => (isOver = true));
  const waits: number[] = [];
  while (!isOver) {
    const startedAt = performance.now();
    await store.queue.complete(await store.queue.claim({ limit: 10, leaseMs: 60_000 }));
    waits.push(performance.now() - startedAt);
  }
  await expired;
  // The store takes its own hourly turn as well: together they clear away all.
  await store.close();
  const { rows } = await pool.query<Record<string, string>>(
    `SELECT (SELECT count(*) FROM gro.completions) AS completions, (SELECT count(*) FROM gro.key_failures) AS failures,
       (SELECT count(*) FROM gro.items WHERE state = 'dead') AS dead`,
  );
  expect(rows).toEqual([{ completions: "0", failures: "0", dead: "0" }]);
  // A lock over all of it would have been one long wait.
  expect(waits.length).toBeGreaterThan(100);
  expect(Math.max(...waits)).toBeLessThan(5_000);
}, 900_000);
