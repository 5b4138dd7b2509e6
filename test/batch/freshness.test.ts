import { describe, expect, it } from "vitest";
import { contentHash } from "@gro/queue";
import { prose } from "../support/prose.js";
import { Life, mortalParts } from "./support/mortal.js";
import { makeScene, MINUTE, pageOf } from "./support/scene.js";

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
