import { describe, expect, it } from "vitest";
import { StoreError, type ReadPage } from "@gro/queue";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

describe("an item that cannot be summarized", () => {
  it("ends as a dead letter that says why, and the others go on", async () => {
    const scene = makeScene();
    const { queue, pages } = scene.store;
    const hash = "0".repeat(64);
    await queue.enqueue([{ pageId: "gone", contentHash: hash }]);
    await scene.add("blank", " \n\t ");
    await scene.add("unreadable", prose(100));
    await scene.add("wordless", prose(100, 2));
    await scene.add("wrong", prose(100, 3), { targetTokens: -5 });
    await scene.add("strange", prose(100, 4), { model: "nobody's" });
    await scene.add("well", prose(100, 5));
    const store = {
      ...scene.store,
      pages: {
        ...pages,
        async read(id: string) {
          if (id === "unreadable") throw new StoreError({ code: "page_unreadable", message: "no JSON" });
          const read = await pages.read(id);
          return id === "wordless" ? ({ ...read, page: { id } } as unknown as ReadPage) : read;
        },
      },
    };
    const worker = scene.worker({ store });
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({
      gone: "page_missing",
      blank: "page_empty",
      unreadable: "page_unreadable",
      wordless: "page_unreadable",
      wrong: "invalid_request",
      strange: "unknown_model",
    });
    expect((await scene.page("well"))?.summary).toBeTypeOf("string");
    expect(events.itemDeadLettered).toHaveLength(6);
    expect(events.error).toEqual([]);
  });

  it.each([
    ["refusing", "completion_refused"],
    ["empty", "completion_empty"],
  ] as const)(
    "because the model is %s, is asked again only when somebody wants it",
    async (behaviour, code) => {
      let as: "refusing" | "empty" | "obedient" = behaviour;
      const scene = makeScene({ outcome: () => ({ answers: as }) });
      await scene.add("page", prose(120));
      const worker = scene.worker();
      await scene.runToEnd(worker);
      expect(await scene.deaths()).toEqual({ page: code });
      expect(scene.provider.batches).toHaveLength(1);

      await scene.advance(MINUTE);
      await scene.store.queue.retry();
      await scene.runToEnd(worker);
      expect(await scene.deaths()).toEqual({ page: code });
      expect(scene.provider.batches).toHaveLength(2);

      as = "obedient";
      await scene.advance(MINUTE);
      await scene.store.queue.retry();
      await scene.runToEnd(worker);
      expect(await scene.deaths()).toEqual({});
      expect((await scene.page("page"))?.summary).toBeTypeOf("string");
      expect(scene.provider.batches).toHaveLength(3);
    },
  );

  it("over which worker after worker dies, is given up, and only that one", async () => {
    const scene = makeScene();
    await scene.add("poison", prose(120, 1));
    await scene.add("well", prose(120, 2));
    await scene.add("fine", prose(120, 3));
    for (let lives = 0; lives < 12; lives += 1) {
      // It dies as soon as it reads the page.
      const read = (id: string) =>
        id === "poison" ? new Promise<never>(() => undefined) : scene.store.pages.read(id);
      const store = { ...scene.store, pages: { ...scene.store.pages, read } };
      const doomed = scene.worker({
        store,
        maxLapses: 8,
        leaseMs: 1_000,
        clock: { ...scene.clock, sleep: () => new Promise(() => undefined) },
      });
      await Promise.race([doomed.tick(), new Promise((resolve) => setTimeout(resolve, 5))]);
      await scene.advance(MINUTE);
    }
    expect(await scene.deaths()).toEqual({ poison: "too_many_lapses" });
    expect((await scene.page("well"))?.summary).toBeTypeOf("string");
    expect((await scene.page("fine"))?.summary).toBeTypeOf("string");
  });
});

describe("an item's own wishes", () => {
  it("go before the worker's, and of two kinds of target the item's counts", async () => {
    const scene = makeScene({}, { defaults: { targetRatio: 0.5, chunkSize: 256 } });
    await scene.add("usual", prose(400, 1));
    await scene.add("special", prose(400, 1), { targetTokens: 40 });
    await scene.runToEnd(scene.worker());
    expect((await scene.page("special"))?.summaryMeta?.targetTokens).toBe(40);
    const usual = (await scene.page("usual"))?.summaryMeta;
    expect(usual?.targetTokens).toBe(Math.floor((usual?.inputTokens ?? 0) / 2));
  });
});

describe("a store that fails for one page", () => {
  it.each(["read", "writeSummary"] as const)("in %s, costs that page nothing but time", async (method) => {
    const scene = makeScene();
    await scene.add("unlucky", prose(120, 1));
    await scene.add("lucky", prose(120, 2));
    const { pages } = scene.store;
    let failures = 3;
    const store = {
      ...scene.store,
      pages: {
        ...pages,
        async [method](id: string, ...rest: never[]) {
          if (id === "unlucky" && failures-- > 0) throw new Error("the disk is full");
          return (pages[method] as (id: string, ...rest: never[]) => Promise<unknown>)(id, ...rest);
        },
      },
    };
    const worker = scene.worker({ store });
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.error).toHaveLength(3);
    expect(events.error[0]).toMatchObject({ pageId: "unlucky", message: "the disk is full" });
    expect((await scene.page("unlucky"))?.summary).toBeTypeOf("string");
    expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
  });

  it.each(["holders", "failuresOf", "reserve"] as const)(
    "in the ledger's %s, loses nothing",
    async (method) => {
      const scene = makeScene();
      await scene.add("page", prose(700, 1));
      const { ledger } = scene.store;
      let failures = 2;
      const store = {
        ...scene.store,
        ledger: {
          ...ledger,
          async [method](...given: never[]) {
            if (failures-- > 0) throw new Error("the disk is full");
            return (ledger[method] as (...given: never[]) => Promise<unknown>)(...given);
          },
        },
      };
      await scene.runToEnd(scene.worker({ store }));
      expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    },
  );

  it("and goes on failing, is told by the tick", async () => {
    const scene = makeScene();
    const queue = { ...scene.store.queue, claim: () => Promise.reject(new Error("the disk is gone")) };
    await expect(scene.worker({ store: { ...scene.store, queue } }).tick()).rejects.toThrow(
      "the disk is gone",
    );
  });
});
