import type { DurableStore, Page } from "@gro/queue";
import { expect } from "vitest";
import type { Billing } from "../emulators/index.js";

/** What must hold after any number of deaths: P1, P2, P3 and P5. */
export async function expectAllKept(
  store: DurableStore,
  acknowledged: readonly Page[],
  billing: Billing,
): Promise<{ readonly summarized: number; readonly dead: number }> {
  const dead = new Set((await store.queue.deadLetters()).map(({ item }) => item.pageId));
  const unfinished: string[] = [];
  for (const { id } of acknowledged) {
    const read = await store.pages.read(id);
    const isSummarized = read?.page.summaryMeta?.contentHash === read?.contentHash && read !== undefined;
    if (!isSummarized && !dead.has(id)) unfinished.push(id);
  }
  expect(unfinished, "acknowledged pages that neither have a summary nor are dead letters").toEqual([]);

  const keys = billing.bills.flatMap(({ batch }) => (batch === undefined ? [] : [batch.customId]));
  expect(keys.length, "what was billed").toBeGreaterThan(0);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  expect(twice, "step keys that were billed twice").toEqual([]);
  const forgotten: string[] = [];
  for (const key of keys) if ((await store.memo.get(key)) === undefined) forgotten.push(key);
  expect(forgotten, "billed completions that are not in the memo").toEqual([]);

  const { ready, waiting, claimed } = await store.queue.stats();
  expect({ ready, waiting, claimed }, "what is left in the queue").toEqual({
    ready: 0,
    waiting: 0,
    claimed: 0,
  });
  expect(await store.ledger.openBatches(), "batches left open").toEqual([]);
  return { summarized: acknowledged.length - dead.size, dead: dead.size };
}
