import { describe, expect, it } from "vitest";
import type { MemoryPage } from "@gro/virtual-memory";
import { importantUnder, leftOutSaidIn } from "./support/important-lines.js";
import { dialogue, scene, textOf, tokenizer } from "./support/scene.js";

/** A dialogue in which something is decided now and then, in more words than the context has room for. */
function decisions(turns: number, every: number) {
  return dialogue(turns).map((message, index) =>
    index % every === 0
      ? { ...message, content: `${message.content}\nDecision ${index}: ask Ada before Friday. @@important@@` }
      : message,
  );
}

type Scene = ReturnType<typeof scene>;

/** Until nothing waits, folded or not. */
async function finish({ memory, worker }: Scene, isBatch: boolean): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    if (isBatch) await worker.work(1);
    const left = await memory.settle();
    if (left + (await memory.assemble()).pendingSummaries === 0) return;
  }
}

function linesIn(text: string | undefined, of: ReadonlySet<string>): string[] {
  return [...new Set(text?.split("\n"))].filter((line) => of.has(line));
}

function isFold({ label }: MemoryPage): boolean {
  return label.startsWith("summaries");
}

describe.each([
  ["inline", false],
  ["in batch", true],
])("important lines through summaries of summaries, %s", (_, isBatch) => {
  it("stand in the stored summary of every page that covers them", async () => {
    const here = scene({ enableBatchSummarization: isBatch, pageSlotTokens: 8_000 });
    const { memory, pages, worker } = here;
    for (const message of decisions(400, 5)) {
      await memory.add(message);
      if (isBatch) await worker.work(0.5);
    }
    await finish(here, isBatch);
    const written = await pages();
    expect(written.filter(isFold).length).toBeGreaterThanOrEqual(4);
    for (const page of written) {
      const under = importantUnder(page.id, written);
      expect([...linesIn(page.summary, under)].sort(), page.label).toEqual([...under].sort());
      expect(leftOutSaidIn(page.summary ?? ""), page.label).toBe(0);
    }
    // The context has room for some of them, and says how many others there are.
    const { parts } = await memory.assemble();
    let leftOut = 0;
    for (const { pageId, message } of parts.filter(({ kind }) => kind === "summary")) {
      const under = importantUnder(pageId ?? "", written);
      leftOut += leftOutSaidIn(message.content);
      expect(linesIn(message.content, under).length + leftOutSaidIn(message.content)).toBe(under.size);
    }
    expect(leftOut).toBeGreaterThan(40);
  });

  it("are the newest where there are more than half a page, and the others are counted", async () => {
    const here = scene({ enableBatchSummarization: isBatch, pageSlotTokens: 1_000 });
    const { memory, pages } = here;
    for (const message of decisions(400, 3)) {
      await memory.add(message);
      if (isBatch) await here.worker.work(0.5);
      await memory.assemble();
    }
    await finish(here, isBatch);
    const written = await pages();
    const fullFolds = written.filter((page) => leftOutSaidIn(page.summary ?? "") > 0);
    expect(fullFolds.length).toBeGreaterThan(3);
    for (const page of written) {
      const under = importantUnder(page.id, written);
      const kept = linesIn(page.summary, under);
      expect(kept.length + leftOutSaidIn(page.summary ?? ""), page.label).toBe(under.size);
    }
    for (const page of fullFolds) {
      const kept = linesIn(page.summary, importantUnder(page.id, written));
      expect(tokenizer.count(kept.join("\n"))).toBeGreaterThan(400);
      // Those that are left out are older than any that is not.
      const numbers = kept.map((line) => Number(/\d+/u.exec(line)?.[0]));
      const under = [...importantUnder(page.id, written)].map((line) => Number(/\d+/u.exec(line)?.[0]));
      const newest = under.toSorted((one, other) => other - one).slice(0, kept.length);
      expect(numbers.toSorted((one, other) => other - one)[0]).toBe(newest[0]);
    }
    // What the context says is right too, of summaries and of placeholders.
    for (const { pageId, message } of (await memory.assemble()).parts) {
      if (pageId === null) continue;
      const under = importantUnder(pageId, written);
      expect(linesIn(message.content, under).length + leftOutSaidIn(message.content)).toBe(under.size);
    }
  });
});

it("a placeholder of many pages counts what each of them leaves out", async () => {
  const { memory, pages } = scene({ enableBatchSummarization: true, importantTokens: 60 });
  await memory.add(decisions(300, 2));
  const [backlog] = (await memory.assemble()).parts;
  expect(backlog?.pageId).toBeNull();
  const waiting = memory.toState().backlog.map(({ pageId }) => pageId);
  const written = await pages();
  const under = new Set(waiting.flatMap((pageId) => [...importantUnder(pageId, written)]));
  const text = backlog?.message.content ?? "";
  expect(linesIn(text, under).length + leftOutSaidIn(text)).toBe(under.size);
});

it("a model that makes up a number of lines left out is not believed", async () => {
  const { memory, store, pages } = scene({ enableBatchSummarization: true });
  await memory.add(dialogue(24));
  const [page] = await pages();
  if (page === undefined) throw new Error("no page");
  await store.pages.save({
    ...page,
    summary:
      "They met.\n[77 more important lines are in the page]\nThey parted. [7 more important lines are in the page] So it was.",
  });
  expect(textOf(await memory.assemble(), "summary")).toMatch(/They met\.\nThey parted\. So it was\./u);
});
