import { BatchWorker, localBatch } from "@gro/batch";
import { postgresStore } from "@gro/postgres-store";
import { enqueuePages } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { page } from "./support/items.js";
import { testSchema, type TestSchema } from "./support/schemas.js";

let schema: TestSchema;
beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(() => schema.empty());

it("a worker that would look again in an hour is woken by what a host queues", async () => {
  await using host = postgresStore(schema.pool, { schema: schema.name });
  await using store = postgresStore(schema.pool, { schema: schema.name });
  const worker = new BatchWorker({
    store,
    provider: localBatch(scriptedModel()),
    tokenizer: approximate(),
    pollIntervalMs: 3_600_000,
  });
  let ticks = 0;
  worker.events.on("tickDone", () => (ticks += 1));
  worker.start();
  try {
    // One look at the start, one when it listens.
    await vi.waitFor(() => expect(ticks).toBeGreaterThanOrEqual(2), 10_000);
    await enqueuePages(host, [page("pg_1")]);
    await vi.waitFor(
      async () => expect((await host.pages.read("pg_1"))?.page.summary).toEqual(expect.any(String)),
      10_000,
    );
  } finally {
    await worker.stop();
  }
});

it("a key that is wanted while its batch is closed is granted or held, never neither and never twice", async () => {
  await using store = postgresStore(schema.pool, { schema: schema.name });
  const { ledger } = store;
  const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
  const out = new Map<string, string>();
  let refs = 0;
  const reserveAndClose = async (wanted: readonly string[]) => {
    for (let round = 0; round < 25; round += 1) {
      refs += 1;
      const ref = `ref-${refs}`;
      const intent = { ref, provider: "provider", modelId: "model", keys: wanted };
      const { claim, held } = await ledger.reserve(intent, 60_000);
      const granted = claim?.batch.keys ?? [];
      expect([...granted, ...held.keys()].sort()).toEqual([...wanted].sort());
      for (const key of granted) {
        expect(out.get(key), `${key} is out already`).toBeUndefined();
        out.set(key, ref);
      }
      if (claim === null) continue;
      for (const key of granted) out.delete(key);
      expect(await ledger.close(claim, [])).toBe("ok");
    }
  };
  const orders = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? keys : [...keys].reverse()));
  await Promise.all(orders.map((order, index) => reserveAndClose(order.slice(index, index + 25))));
  expect(await ledger.openBatches()).toEqual([]);
  expect((await ledger.holders(keys)).size).toBe(0);
});
