import { describe, expect, it } from "vitest";
import { contentHash, type DurableStore } from "@gro/queue";
import { prose } from "../support/prose.js";
import { Life, mortalParts } from "./support/mortal.js";
import { listenTo, makeScene, MINUTE, pageOf, type Scene } from "./support/scene.js";

const paragraphs = Array.from({ length: 12 }, (_, index) => prose(90, index + 1));
const edited = paragraphs.with(5, prose(90, 77));

describe("a page that is edited while its batch is out", () => {
  it("never gets the summary of what it said before", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.join("\n\n"));
    const worker = scene.worker();
    await worker.tick();
    await scene.save("page", edited.join("\n\n"));
    await scene.runToEnd(worker);
    const page = await scene.page("page");
    expect(page?.summaryMeta?.contentHash).toBe(contentHash(edited.join("\n\n")));
    expect(await scene.store.queue.stats()).toMatchObject({ ready: 0, waiting: 0, dead: 0 });
  });

  it("is asked again only for what changed", async () => {
    const scene = makeScene({}, { defaults: { targetTokens: 60, chunkSize: 128, tokenMax: 600 } });
    await scene.add("page", paragraphs.join("\n\n"));
    const worker = scene.worker();
    await worker.tick();
    await scene.save("page", edited.join("\n\n"));
    await scene.advance(MINUTE);
    await worker.tick();
    const [first = 0, second = 0] = scene.provider.submissions;
    expect(first).toBeGreaterThan(8);
    expect(second).toBeLessThanOrEqual(4);
    await scene.runToEnd(worker);
    expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
  });

  it("keeps its old words out of it when the edit comes at the very last moment", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.slice(0, 2).join("\n\n"));
    const { pages } = scene.store;
    let edits = 0;
    const store = {
      ...scene.store,
      pages: {
        ...pages,
        async writeSummary(...given: Parameters<typeof pages.writeSummary>) {
          edits += 1;
          if (edits === 1) await pages.save(pageOf("page", edited.join("\n\n")));
          return pages.writeSummary(...given);
        },
      },
    };
    await scene.runToEnd(scene.worker({ store }));
    expect(edits).toBe(2);
    expect((await scene.page("page"))?.summaryMeta?.contentHash).toBe(contentHash(edited.join("\n\n")));
  });

  it("is a dead letter when it is gone by then", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.join("\n\n"));
    const store = {
      ...scene.store,
      pages: { ...scene.store.pages, writeSummary: async () => "missing" as const },
    };
    await scene.runToEnd(scene.worker({ store }));
    expect(await scene.deaths()).toEqual({ page: "page_missing" });
  });
});

describe("a page that is queued again after an edit", () => {
  it("is summarized from what it says, by both its items, and paid for once", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.join("\n\n"));
    const worker = scene.worker();
    await worker.tick();
    await scene.add("page", edited.join("\n\n"));
    await scene.runToEnd(worker);
    expect((await scene.page("page"))?.summaryMeta?.contentHash).toBe(contentHash(edited.join("\n\n")));
    expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
  });
});

describe("a page with two items, of what it said and of what it says", () => {
  it("is one summarized page, also when both end in one look", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.join("\n\n"));
    await scene.add("page", edited.join("\n\n"));
    await scene.add("other", prose(90, 3));
    const worker = scene.worker();
    const { itemSummarized, tickDone } = listenTo(worker);
    await scene.runToEnd(worker);
    const news = itemSummarized.map(({ pageId, isNew }) => `${pageId} ${isNew}`).sort();
    expect(news).toEqual(["other true", "page false", "page true"]);
    expect(tickDone.reduce((sum, { summarized }) => sum + summarized, 0)).toBe(2);
    expect((await scene.page("page"))?.summaryMeta?.contentHash).toBe(contentHash(edited.join("\n\n")));
  });

  it("is summarized twice when the items ask for different summaries", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.join("\n\n"), { targetTokens: 50 });
    await scene.add("page", edited.join("\n\n"), { targetTokens: 90 });
    const worker = scene.worker();
    const { itemSummarized } = listenTo(worker);
    await scene.runToEnd(worker);
    expect(itemSummarized.map(({ isNew }) => isNew)).toEqual([true, true]);
  });
});

describe("a page that is saved and queued again while its worker is at its end", () => {
  /** A store whose host does something right behind a summary that the worker has written, before the worker tells the queue. */
  function storeWith(scene: Scene, afterWriting: () => Promise<unknown>): DurableStore {
    const { pages } = scene.store;
    let isFirst = true;
    return {
      ...scene.store,
      pages: {
        ...pages,
        async writeSummary(...given) {
          const outcome = await pages.writeSummary(...given);
          if (isFirst) await afterWriting();
          isFirst = false;
          return outcome;
        },
      },
    };
  }

  const content = paragraphs.join("\n\n");

  it("gets the summary that the saving has dropped, for nothing", async () => {
    const scene = makeScene();
    await scene.add("page", content);
    const kinds: string[] = [];
    const store = storeWith(scene, async () => {
      await scene.save("page", content);
      const outcomes = await scene.store.queue.enqueue([
        { pageId: "page", contentHash: contentHash(content) },
      ]);
      kinds.push(...outcomes.map(({ kind }) => kind));
      expect((await scene.page("page"))?.summary).toBeUndefined();
    });
    await scene.runToEnd(scene.worker({ store }));
    expect(kinds).toEqual(["duplicate"]);
    expect((await scene.page("page"))?.summaryMeta?.contentHash).toBe(contentHash(content));
    expect(await scene.store.queue.stats()).toMatchObject({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
    expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
  });

  it("costs nothing and is not written again when it has its summary all the same", async () => {
    const scene = makeScene();
    await scene.add("page", content);
    let writes = 0;
    let requests = 0;
    const store = storeWith(scene, async () => {
      await scene.store.queue.enqueue([{ pageId: "page", contentHash: contentHash(content) }]);
      requests = scene.provider.billed.size;
    });
    const { pages } = store;
    const counting = {
      ...pages,
      writeSummary(...given: Parameters<typeof pages.writeSummary>) {
        writes += 1;
        return pages.writeSummary(...given);
      },
    };
    const worker = scene.worker({ store: { ...store, pages: counting } });
    let claimed = 0;
    let summarized = 0;
    worker.events.on("tickDone", (report) => {
      claimed += report.claimed;
      summarized += report.summarized;
    });
    const { itemSummarized } = listenTo(worker);
    await scene.runToEnd(worker);
    expect(claimed).toBeGreaterThan(2);
    expect(itemSummarized.map(({ isNew }) => isNew)).toEqual([true, false]);
    expect(summarized).toBe(1);
    expect(writes).toBe(1);
    expect(requests).toBeGreaterThan(0);
    expect(scene.provider.billed.size).toBe(requests);
    expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
  });

  it("is summarized when the worker had found it missing, and was about to give it up", async () => {
    const scene = makeScene();
    await scene.add("page", content);
    const { pages } = scene.store;
    let isFirst = true;
    const store = {
      ...scene.store,
      pages: {
        ...pages,
        async read(pageId: string) {
          if (!isFirst) return pages.read(pageId);
          isFirst = false;
          await scene.add("page", content);
          return undefined;
        },
      },
    };
    await scene.runToEnd(scene.worker({ store }));
    expect(await scene.deaths()).toEqual({});
    expect((await scene.page("page"))?.summaryMeta?.contentHash).toBe(contentHash(content));
  });
});

describe("a summary that its host has added something to", () => {
  it("stays so when the worker that wrote it died right behind that, and another one finishes the item", async () => {
    const scene = makeScene();
    await scene.add("page", paragraphs.join("\n\n"));
    const life = new Life(Infinity);
    const dying = scene.worker({
      ...mortalParts(scene.store, scene.provider, scene.clock, life),
      onPoint: async (point) => {
        if (point === "summary-written") life.kill();
        await life.moment();
      },
    });
    for (let ticks = 0; ticks < 20 && !life.isOver; ticks += 1) {
      await Promise.race([dying.tick(), life.death]);
      await scene.advance(MINUTE);
    }
    const written = await scene.page("page");
    if (written?.summary === undefined || written.summaryMeta === undefined) throw new Error("no summary");
    const text = `${written.summary}\nNever delete the ledger. @@important@@`;
    await scene.store.pages.writeSummary("page", contentHash(written.content), {
      ...{ text, meta: written.summaryMeta },
    });
    await scene.advance(MINUTE);
    await scene.runToEnd(scene.worker());
    expect((await scene.page("page"))?.summary).toBe(text);
  });
});
