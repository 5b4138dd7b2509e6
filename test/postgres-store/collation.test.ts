import { postgresStore } from "@gro/postgres-store";
import { enqueuePages, type Page } from "@gro/queue";
import type { Completion } from "@gro/summarizer";
import pg from "pg";
import { expect, it } from "vitest";
import { item, page } from "./support/items.js";
import { testDatabase } from "./support/database.js";
import { openPool } from "./support/schemas.js";

/** Databases sort as people do, "a" before "B", unless they are told otherwise. */
const SORTED_FOR_PEOPLE = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C' ENCODING 'UTF8'";
const KEYS = Array.from({ length: 300 }, (_, index) => `${index % 2 === 0 ? "a" : "B"}-${index}`);
const COMPLETION: Completion = {
  ...{ text: "A summary.", finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 } },
};
const ROUNDS = 12;

it("calls for the same keys never wait for each other in a circle, whatever order the database sorts in", async ({
  skip,
}) => {
  const server = openPool({ max: 1 });
  const { rows: versions } = await server.query<{ number: number }>(
    "SELECT current_setting('server_version_num')::int AS number",
  );
  await server.end();
  const [{ number } = { number: 0 }] = versions;
  if (number < 150_000) skip("Databases of this server sort by the locales that its machine has");
  await using database = await testDatabase(SORTED_FOR_PEOPLE);
  const { rows: order } = await database.query(`SELECT 'a' < 'B' AS "isForPeople"`);
  expect(order).toEqual([{ isForPeople: true }]);

  const store = postgresStore(database.url);
  // What one store writes to the memo it writes in turn.
  const another = postgresStore(database.url);
  const noted = KEYS.map((key) => ({ key, kind: "expired", message: "Late." }));
  const reserve = (ref: string, keys: readonly string[]) =>
    store.ledger.reserve({ ref, provider: "anthropic", modelId: "model", keys }, 60_000);
  const pool = new pg.Pool({ connectionString: database.url });
  // A connection that has not quite ended when its database goes.
  pool.on("error", () => undefined);
  const inTransaction = async (pages: readonly Page[]) => {
    const client = await pool.connect();
    await client.query("BEGIN");
    await enqueuePages(store.inTransaction(client), pages);
    await client.query("COMMIT");
    client.release();
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await store.ledger.note(noted);
    const { claim } = await reserve(`first-${round}`, KEYS.toReversed());
    if (claim === null) throw new Error("The keys are held by another batch");
    const [second, third, , , , , , closed] = await Promise.all([
      ...([reserve(`second-${round}`, KEYS), reserve(`third-${round}`, KEYS.toReversed())] as const),
      ...([
        store.ledger.note(noted),
        store.ledger.forgive(KEYS),
        store.ledger.note(noted.toReversed()),
      ] as const),
      ...([store.ledger.forgive(KEYS.toReversed()), store.ledger.note(noted)] as const),
      store.ledger.close(claim, noted),
    ]);
    expect(closed).toBe("ok");
    for (const later of [second.claim, third.claim]) if (later !== null) await store.ledger.close(later, []);
    const items = KEYS.map((key) => item(key, { contentHash: `${key}-${round}` }));
    const both = [items, items.toReversed()];
    // New ones, known ones, and such as are noted on claimed ones.
    await Promise.all(both.map((list) => store.queue.enqueue(list)));
    await Promise.all(both.map((list) => store.queue.enqueue(list)));
    const claims = await store.queue.claim({ limit: 1_000, leaseMs: 60_000 });
    await Promise.all(both.map((list) => store.queue.enqueue(list)));
    await store.queue.complete(claims);
    await store.queue.complete(await store.queue.claim({ limit: 1_000, leaseMs: 60_000 }));
    const pages = KEYS.slice(0, 80).map((key) => page(key, `${key}, round ${round}`));
    await Promise.all([pages, pages.toReversed()].map(inTransaction));
    await Promise.all([
      ...KEYS.map((key) => store.memo.set(key, COMPLETION)),
      ...KEYS.toReversed().map((key) => another.memo.set(key, COMPLETION)),
    ]);
  }
  await store.close();
  await another.close();
  await pool.end();
  const { rows } = await database.query(
    "SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()",
  );
  expect(rows).toEqual([{ deadlocks: 0 }]);
});
