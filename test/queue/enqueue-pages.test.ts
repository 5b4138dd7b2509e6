import {
  contentHash,
  enqueuePages,
  enqueueStored,
  itemIdOf,
  memoryStore,
  StoreError,
  type DurableStore,
  type Page,
  type SummaryRequest,
} from "@gro/queue";
import { describe, expect, it } from "vitest";

const page = (id: string, content: string, rest: Partial<Page> = {}): Page => ({
  ...{ id, label: `Page ${id}`, content, createdAt: "2026-01-01T00:00:00.000Z", messageCount: 1, tokens: 9 },
  ...rest,
});

const pagesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => page(`p-${index}`, `text ${index}`));

const claimed = async ({ queue }: DurableStore) =>
  (await queue.claim({ limit: 10_000, leaseMs: 1_000 })).map(({ item }) => item);

describe("enqueuePages", () => {
  it("takes no summary away from a page that says the same, though its item is just being finished", async () => {
    const store = memoryStore();
    await enqueuePages(store, [page("a", "one")]);
    const [claim] = await store.queue.claim({ limit: 1, leaseMs: 1_000 });
    if (claim === undefined) throw new Error("Nothing was claimed");
    const meta = {
      ...{ contentHash: contentHash("one"), modelId: "m", createdAt: "2026-01-01T00:00:00.000Z" },
      ...{ inputTokens: 1, outputTokens: 1, targetTokens: 1, compressionRatio: 1, collapseDepth: 0 },
      fit: "as-is",
      warnings: [],
    } as const;
    await store.pages.writeSummary("a", meta.contentHash, { text: "1", meta });
    expect(await enqueuePages(store, [page("a", "one")])).toMatchObject([{ kind: "duplicate" }]);
    expect(await store.queue.complete([claim])).toEqual(["ok"]);
    expect((await store.pages.read("a"))?.page.summary).toBe("1");
  });

  it("saves every page and queues it as it is", async () => {
    const store = memoryStore();
    const request = { targetTokens: 40, contentType: "conversation" } as const;
    const outcomes = await enqueuePages(
      store,
      [page("a", "one", { lane: "tool" }), page("b", "two")],
      request,
    );

    const hash = contentHash("one");
    expect(outcomes[0]).toEqual({
      kind: "queued",
      pageId: "a",
      itemId: itemIdOf("a", hash),
      contentHash: hash,
    });
    expect((await store.pages.read("b"))?.page.content).toBe("two");
    expect(await claimed(store)).toMatchObject([
      { pageId: "a", contentHash: hash, label: "Page a", lane: "tool", request },
      { pageId: "b", label: "Page b", lane: null, request },
    ]);
  });

  it("keeps the order of many pages, each outcome beside its page", async () => {
    const store = memoryStore();
    const pages = pagesOf(350);
    const outcomes = await enqueuePages(store, pages);
    expect(outcomes.map(({ pageId }) => pageId)).toEqual(pages.map(({ id }) => id));
    expect((await claimed(store)).map(({ pageId }) => pageId)).toEqual(pages.map(({ id }) => id));
  });

  it("queues a page again only when it says something else", async () => {
    const store = memoryStore();
    await enqueuePages(store, [page("a", "one"), page("b", "two")]);
    const outcomes = await enqueuePages(store, [page("a", "one"), page("b", "two, edited")]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["duplicate", "queued"]);
  });

  it("has a page in the store before its item can be claimed", async () => {
    const { pages, queue } = memoryStore();
    const order: string[] = [];
    await enqueuePages(
      {
        pages: { ...pages, save: (given) => pages.save(given).finally(() => order.push("saved")) },
        queue: { ...queue, enqueue: (items) => queue.enqueue(items).finally(() => order.push("queued")) },
      },
      pagesOf(2),
    );
    expect(order).toEqual(["saved", "saved", "queued"]);
  });

  it.each([
    ["a page id that is none", [page("a", "one"), page("../b", "two")], "invalid_page_id"],
    ["two pages with one id", [page("a", "one"), page("a", "two")], "invalid_item"],
  ])("refuses %s before it saves anything", async (_name, pages, code) => {
    const store = memoryStore();
    await expect(enqueuePages(store, pages)).rejects.toMatchObject({ code });
    expect(await store.pages.read("a")).toBeUndefined();
    expect(await store.queue.stats()).toMatchObject({ ready: 0 });
  });

  it("refuses an option that it does not know, before it saves anything", async () => {
    const store = memoryStore();
    const request: object = { targetTokns: 60 };
    await expect(enqueuePages(store, [page("a", "one")], request)).rejects.toThrow(/targetTokns/u);
    expect(await store.pages.read("a")).toBeUndefined();
    const unset: object = { targetTokns: undefined, targetTokens: 60 };
    expect(await enqueuePages(store, [page("a", "one")], unset)).toHaveLength(1);
  });

  it("ends only when every write has ended, and may then be called again", async () => {
    const { pages, queue } = memoryStore();
    let isFull = true;
    let writing = 0;
    const save = async (given: Page) => {
      writing++;
      await Promise.resolve();
      if (isFull && given.id === "p-0") {
        writing--;
        throw new StoreError({ code: "store_failed", message: "The disk is full.", isRetryable: true });
      }
      await Promise.resolve();
      writing--;
      return pages.save(given);
    };
    const intake = { pages: { ...pages, save }, queue };

    await expect(enqueuePages(intake, pagesOf(5))).rejects.toMatchObject({ code: "store_failed" });
    expect(writing).toBe(0);
    isFull = false;
    expect((await enqueuePages(intake, pagesOf(5))).map(({ kind }) => kind)).toEqual(Array(5).fill("queued"));
  });

  it("has nothing to do for no pages", async () => {
    expect(await enqueuePages(memoryStore(), [])).toEqual([]);
  });
});

describe("enqueueStored", () => {
  it("queues what can be read and tells of the rest, each outcome beside its id", async () => {
    const store = memoryStore();
    await store.pages.save(page("a", "one", { lane: "user" }));
    await store.pages.save(page("z", "last"));
    const read = async (pageId: string) => {
      if (pageId !== "odd") return store.pages.read(pageId);
      throw new StoreError({ code: "page_unreadable", message: "Page odd is no JSON." });
    };
    const intake = { queue: store.queue, pages: { ...store.pages, read } };

    const ids = ["a", "gone", "odd", "../up", "z"];
    const outcomes = await enqueueStored(intake, ids, { targetTokens: 7 });
    expect(outcomes).toMatchObject([
      { kind: "queued", pageId: "a", contentHash: contentHash("one") },
      { kind: "missing", pageId: "gone", reason: { code: "page_missing" } },
      {
        kind: "unreadable",
        pageId: "odd",
        reason: { code: "page_unreadable", message: "Page odd is no JSON." },
      },
      { kind: "unreadable", pageId: "../up", reason: { code: "invalid_page_id" } },
      { kind: "queued", pageId: "z", contentHash: contentHash("last") },
    ]);
    const request = { targetTokens: 7 };
    expect(await claimed(store)).toMatchObject([
      { pageId: "a", lane: "user", request },
      { pageId: "z", request },
    ]);
  });

  it("keeps the order of many pages", async () => {
    const store = memoryStore();
    const pages = pagesOf(250);
    for (const one of pages) await store.pages.save(one);
    const ids = pages.map(({ id }) => id).reverse();
    await enqueueStored(store, ids);
    expect((await claimed(store)).map(({ pageId }) => pageId)).toEqual(ids);
  });

  it("queues a page once that is named twice", async () => {
    const store = memoryStore();
    await store.pages.save(page("a", "one"));
    const outcomes = await enqueueStored(store, ["a", "a"]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["queued", "duplicate"]);
  });

  it("takes pages of hosts that hold odd labels and lanes", async () => {
    const store = memoryStore();
    const odd: object = { ...page("a", "one"), label: 7, lane: ["x"] };
    await store.pages.save(odd as Page);
    expect(await enqueueStored(store, ["a"])).toMatchObject([{ kind: "queued" }]);
    expect(await claimed(store)).toMatchObject([{ label: "", lane: null }]);
  });

  it("rejects when the store itself has failed", async () => {
    const { pages, queue } = memoryStore();
    const failed = new StoreError({ code: "store_failed", message: "The disk is gone." });
    const intake = { queue, pages: { ...pages, read: () => Promise.reject(failed) } };
    await expect(enqueueStored(intake, ["a"])).rejects.toBe(failed);
  });
});

describe("a request that makes no plan is refused before anything is saved", () => {
  const requests: readonly [string, unknown][] = [
    ["targetTokens", { targetTokens: 0 }],
    ["targetTokens", { targetTokens: 1.5 }],
    ["targetRatio", { targetRatio: 2 }],
    ["chunkSize", { chunkSize: 7 }],
    ["chunkOverlap", { chunkSize: 100, chunkOverlap: 100 }],
    ["tokenMax", { tokenMax: 1 }],
    ["contentType", { contentType: "poem" }],
    ["maxCollapseDepth", { maxCollapseDepth: 0 }],
    ["priorSummary", { priorSummary: 7 }],
    ["model", { model: 7 }],
    ["request", null],
    ["request", [1]],
  ];

  it.each(requests)("%s of %j", async (option, request) => {
    const store = memoryStore();
    await store.pages.save(page("there", "text"));
    // As JavaScript may call it.
    const given = request as SummaryRequest;
    const refused = { code: "invalid_option", option };
    await expect(enqueuePages(store, [page("a", "one")], given)).rejects.toMatchObject(refused);
    await expect(enqueueStored(store, ["there"], given)).rejects.toMatchObject(refused);
    expect(await store.pages.read("a")).toBeUndefined();
    expect(await claimed(store)).toEqual([]);
  });

  it("but every request that makes one is taken", async () => {
    const store = memoryStore();
    const request = { targetRatio: 0.5, chunkSize: 100, chunkOverlap: 0, model: "other", priorSummary: null };
    await enqueuePages(store, [page("a", "one")], request);
    expect(await claimed(store)).toMatchObject([{ request }]);
  });

  it.each([null, undefined, 7, "page"])("nor is %j a page", async (given) => {
    const pages = [page("a", "one"), given as unknown as Page];
    const store = memoryStore();
    await expect(enqueuePages(store, pages)).rejects.toMatchObject({ code: "invalid_item" });
    expect(await claimed(store)).toEqual([]);
  });
});
