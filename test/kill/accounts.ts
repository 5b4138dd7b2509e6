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
  const unfinished = await those(acknowledged, async ({ id }) => {
    const read = await store.pages.read(id);
    const isSummarized = read?.page.summaryMeta?.contentHash === read?.contentHash && read !== undefined;
    return !isSummarized && !dead.has(id);
  });
  expect(
    unfinished.map(({ id }) => id),
    "acknowledged pages that neither have a summary nor are dead letters",
  ).toEqual([]);

  const keys = billing.bills.flatMap(({ batch }) => (batch === undefined ? [] : [batch.customId]));
  expect(keys.length, "what was billed").toBeGreaterThan(0);
  const once = new Set<string>();
  const twice = keys.filter((key) => once.size === once.add(key).size);
  expect(twice, "step keys that were billed twice").toEqual([]);
  const forgotten = await those(keys, async (key) => (await store.memo.get(key)) === undefined);
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

/** Those for which it is so, some at a time: there may be a hundred thousand. */
async function those<Member>(
  list: readonly Member[],
  isSo: (member: Member) => Promise<boolean>,
): Promise<Member[]> {
  const found: Member[] = [];
  for (let start = 0; start < list.length; start += 100) {
    const part = list.slice(start, start + 100);
    const answers = await Promise.all(part.map(isSo));
    found.push(...part.filter((_, index) => answers[index]));
  }
  return found;
}
