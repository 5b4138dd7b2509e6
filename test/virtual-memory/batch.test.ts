import { memoryStore, StoreError, type DurableStore, type NewQueueItem, type QueueStore } from "@gro/queue";
import { VirtualMemory } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { batchScene, codesOf, dialogue, kindsOf, refsIn, textOf, tokenizer } from "./support/scene.js";

describe("with batch summarization", () => {
  it("a page is saved, then queued, and a placeholder stands in at once, without a call", async () => {
    const order: string[] = [];
    const memory = memoryStore();
    const store: DurableStore = {
      ...memory,
      pages: {
        ...memory.pages,
        save: async (page) => {
          const saved = await memory.pages.save(page);
          order.push(`saved ${page.id}`);
          return saved;
        },
      },
      queue: {
        ...memory.queue,
        enqueue: async (items) => {
          order.push(...items.map(({ pageId }) => `queued ${pageId}`));
          return memory.queue.enqueue(items);
        },
      },
    };
    const { memory: vm, model, pages } = batchScene({}, store);
    await vm.add(dialogue(24));
    const written = await pages();
    expect(written).toHaveLength(2);
    expect([...order].sort()).toEqual(written.flatMap(({ id }) => [`queued ${id}`, `saved ${id}`]).sort());
    for (const { id } of written)
      expect(order.indexOf(`saved ${id}`)).toBeLessThan(order.indexOf(`queued ${id}`));
    const context = await vm.assemble();
    expect(kindsOf(context).slice(0, 2)).toEqual(["placeholder", "placeholder"]);
    expect(model.requests).toEqual([]);
    expect(context.pendingSummaries).toBe(2);
  });

  it("a placeholder says how much is there, by which label, and its first and last lines", async () => {
    const { memory, pages } = batchScene();
    const [first, ...rest] = dialogue(24);
    await memory.add([
      { role: "user", content: "Where is the ledger?\nAnd the lamp?" },
      ...(first ? [first] : []),
      ...rest,
    ]);
    const page = (await pages()).find(({ lane }) => lane === "user");
    const context = await memory.assemble();
    const lines = context.parts.find(({ pageId }) => pageId === page?.id)?.message.content.split("\n") ?? [];
    expect(lines[0]).toBe(
      `[Pending summary: ${page?.messageCount ?? 0} messages, user lane 2026-01-01T00:00] @@ref('${page?.id ?? ""}')@@`,
    );
    expect(lines[1]).toBe("First: Where is the ledger?");
    expect(lines[2]).toMatch(/^Last: turn-\d+;.* …$/u);
  });

  it("tells the worker how to summarize, so that the result has room", async () => {
    const { memory, store } = batchScene({
      summarize: { contentType: "journal", chunkSize: 512, maxConcurrency: 3 },
      summaryTokens: 90,
    });
    await memory.add(dialogue(24));
    for (const { item } of await store.queue.claim({ limit: 9, leaseMs: 1 })) {
      const { targetTokens, ...request } = item.request;
      expect(request).toEqual({ contentType: "journal", chunkSize: 512 });
      expect(targetTokens).toBeGreaterThan(40);
      expect(targetTokens).toBeLessThanOrEqual(90);
      expect(item.lane).toMatch(/^(user|assistant)$/u);
      expect(item.label).toContain("lane 2026-01-01");
    }
  });

  it("a summary appears with the next context after it was written", async () => {
    const { memory, worker, pages, told } = batchScene();
    await memory.add(dialogue(24));
    await memory.assemble();
    await worker.work(0.5);
    expect(
      kindsOf(await memory.assemble())
        .slice(0, 2)
        .sort(),
    ).toEqual(["placeholder", "summary"]);
    await worker.work(1);
    const context = await memory.assemble();
    expect(kindsOf(context).slice(0, 2)).toEqual(["summary", "summary"]);
    for (const { summary } of await pages()) expect(textOf(context, "summary")).toContain(summary);
    expect(context.pendingSummaries).toBe(0);
    expect(told.filter(({ name }) => name === "summarized")).toHaveLength(2);
  });

  it("a summary appears beside its page when the assistant asks for that", async () => {
    const { memory, worker, pages } = batchScene();
    await memory.add(dialogue(24));
    const [page] = await pages();
    await worker.work(1);
    await memory.add({ role: "assistant", content: `Let me see @@ref('${page?.id ?? ""}')@@` });
    const context = await memory.assemble();
    expect(textOf(context, "page")).toContain(page?.content);
    expect(context.parts.find(({ kind, pageId }) => kind === "summary" && pageId === page?.id)).toBeDefined();
  });

  it("settle looks for summaries and says how many are still to come", async () => {
    const { memory, worker } = batchScene();
    await memory.add(dialogue(24));
    expect(await memory.settle()).toBe(2);
    await worker.work(1);
    expect(await memory.settle()).toBe(0);
  });

  it("compacts 200 messages of 4,000 characters in less than 100 ms, with the default tokenizer", async () => {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { memory, model } = batchScene({
        ...{ tokenizer: undefined, workingMemoryTokens: 1_000_000, pageSlotTokens: undefined },
      });
      const roles = ["user", "assistant"] as const;
      await memory.add(
        Array.from({ length: 200 }, (_, index) => ({
          role: roles[index % 2] ?? "user",
          content: prose(700, 200 * round + index).slice(0, 4_000),
        })),
      );
      await memory.assemble();
      const start = performance.now();
      await memory.compact();
      times.push(performance.now() - start);
      expect(model.requests).toEqual([]);
    }
    // The best of five: others may use the processor as well.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  it("stays as it is while no worker runs, however long that is", async () => {
    const { memory, worker, pages } = batchScene();
    const usages: number[] = [];
    for (const message of dialogue(300)) {
      await memory.add(message);
      usages.push((await memory.assemble()).usage.workingMemory);
    }
    expect(Math.max(...usages)).toBeLessThanOrEqual(2_000);
    const waiting = await memory.assemble();
    expect(waiting.pendingSummaries).toBeGreaterThan(20);
    // Most of them share one placeholder, which names the first and the last.
    const [backlog] = waiting.parts;
    expect(backlog?.message.content).toMatch(/^\[Pending summary: \d+ messages in \d+ pages\] @@ref/u);
    expect(backlog?.message.content).toContain(refsIn(backlog?.message.content ?? "")[0]);
    expect(backlog?.message.content).toMatch(/\(\d+ more\)/u);

    // When one comes at last, everything is summarized, and folded as far as need be.
    for (let round = 0; round < 10 && (await memory.settle()) > 0; round += 1) {
      await worker.work(1);
      await memory.assemble();
    }
    const context = await memory.assemble();
    expect(context.pendingSummaries).toBe(0);
    expect(textOf(context)).not.toContain("[Pending summary");
    for (const page of await pages()) expect(page.summary, page.label).toBeDefined();
  });

  it("queues again what could not be queued", async () => {
    const memory = memoryStore();
    let isBroken = true;
    const {
      memory: vm,
      worker,
      told,
    } = batchScene(
      {},
      {
        ...memory,
        queue: {
          ...memory.queue,
          enqueue: (items) =>
            isBroken ? Promise.reject(new Error("disk full")) : memory.queue.enqueue(items),
        },
      },
    );
    await vm.add(dialogue(24));
    expect(codesOf(await vm.assemble())).toContain("page_queue_failed");
    expect(JSON.stringify(told)).toContain("disk full");
    isBroken = false;
    await vm.assemble();
    expect(await worker.work(1)).toBe(2);
    expect(await vm.settle()).toBe(0);
  });

  it.each(["its page was asked for again", "the host died before it was queued"])(
    "queues every other page when one cannot be read (%s)",
    async (how) => {
      const base = memoryStore();
      let broken = "";
      const { memory, settings, worker } = batchScene(
        {},
        {
          ...base,
          pages: {
            ...base.pages,
            read: (pageId) =>
              pageId === broken
                ? Promise.reject(new StoreError({ code: "page_unreadable", message: "no JSON" }))
                : base.pages.read(pageId),
          },
        },
      );
      await memory.add(dialogue(24));
      const state = memory.toState();
      const [first] = [...state.shown, ...state.backlog];
      broken = first?.pageId ?? "";
      let again = memory;
      if (how.startsWith("the host")) {
        const unqueued = JSON.parse(
          JSON.stringify(state).replaceAll('"isQueued":true', '"isQueued":false'),
        ) as unknown;
        again = VirtualMemory.fromState(unqueued, settings);
      } else {
        // Of the two, the one that can be read is queued.
        expect(await memory.requeue()).toBe(1);
      }
      for (const message of dialogue(60)) await again.add(message);
      const context = await again.assemble();
      const told = context.warnings.filter(({ code }) => code === "page_queue_failed");
      expect(told.map(({ pageId }) => pageId)).toEqual([broken]);
      const entries = [...again.toState().shown, ...again.toState().backlog];
      const unqueued = entries.filter(({ state, isQueued }) => state === "pending" && !isQueued);
      expect(unqueued.map(({ pageId }) => pageId)).toEqual([broken]);
      broken = "";
      for (let round = 0; round < 20 && (await again.assemble()).pendingSummaries > 0; round += 1) {
        await worker.work(1);
      }
      expect((await again.assemble()).pendingSummaries).toBe(0);
    },
  );

  it("tells each page that the worker has given up, once for each time", async () => {
    const { memory, store, worker, pages } = batchScene();
    await memory.add(dialogue(24));
    const giveUp = async (message: string) => {
      const claims = await store.queue.claim({ limit: 9, leaseMs: 1_000 });
      await store.queue.deadLetter(claims, { code: "completion_refused", message });
    };
    const told = async () =>
      (await memory.assemble()).warnings.filter(({ code }) => code === "summary_given_up");
    expect(await told()).toEqual([]);
    await giveUp("The model refused to answer.");
    const warnings = await told();
    expect(warnings.map(({ pageId }) => pageId).sort()).toEqual((await pages()).map(({ id }) => id).sort());
    for (const { message } of warnings) {
      expect(message).toContain("completion_refused");
      expect(message).toContain("The model refused to answer.");
    }
    expect(await told()).toEqual([]);
    expect(await memory.requeue()).toBe(2);
    expect(await told()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await giveUp("It refused again.");
    expect((await told()).map(({ message }) => message).join()).toContain("It refused again.");
    await memory.requeue();
    await worker.work(1);
    expect(await told()).toEqual([]);
    expect(await memory.settle()).toBe(0);
  });

  it("asks a queue that can only be written to nothing of the kind", async () => {
    const { pages, queue } = memoryStore();
    const onlyEnqueue = { enqueue: (items: readonly NewQueueItem[]) => queue.enqueue(items) } as QueueStore;
    const { settings } = batchScene();
    const memory = new VirtualMemory({ ...settings, store: { pages, queue: onlyEnqueue } });
    await memory.add(dialogue(24));
    expect(codesOf(await memory.assemble())).toEqual([]);
  });

  it("queues what the worker has given up when the host wants it", async () => {
    const { memory, store, worker } = batchScene();
    await memory.add(dialogue(24));
    const claims = await store.queue.claim({ limit: 9, leaseMs: 1_000 });
    await store.queue.deadLetter(claims, { code: "completion_refused", message: "no" });
    expect(await memory.settle()).toBe(2);
    expect(await worker.work(1)).toBe(0);
    expect(await memory.requeue()).toBe(2);
    expect(await worker.work(1)).toBe(2);
    expect(await memory.settle()).toBe(0);
    expect(await memory.requeue()).toBe(0);
  });

  it("takes a summary that another make of worker wrote without a word about it", async () => {
    const { memory, store, pages } = batchScene();
    await memory.add(dialogue(24));
    const [page] = await pages();
    if (page === undefined) throw new Error("no page");
    await store.pages.save({ ...page, summary: "Written elsewhere." });
    expect(textOf(await memory.assemble(), "summary")).toContain("Written elsewhere.");
  });

  it("takes the placeholder of gro's runtime for what it is, and no summary", async () => {
    const { memory, store, pages, worker } = batchScene();
    await memory.add(dialogue(24));
    for (const page of await pages()) {
      await store.pages.save({ ...page, summary: `[Pending summary: 12 messages, ${page.label}] ` });
    }
    expect((await memory.assemble()).pendingSummaries).toBe(2);
    await worker.work(1);
    expect((await memory.assemble()).pendingSummaries).toBe(0);
  });

  it("shows the beginning of a summary that is too long", async () => {
    const { memory, store, pages } = batchScene();
    await memory.add(dialogue(24));
    const [page] = await pages();
    if (page === undefined) throw new Error("no page");
    await store.pages.save({ ...page, summary: "A sentence that goes on. ".repeat(2_000) });
    const context = await memory.assemble();
    const part = context.parts.find(({ pageId }) => pageId === page.id);
    expect(part?.kind).toBe("summary");
    expect(part?.tokens).toBeLessThan(400);
    expect(codesOf(context)).toContain("summary_trimmed");
  });

  it("waits for the summary of what an edited page says now", async () => {
    const { memory, store, pages, worker } = batchScene();
    await memory.add(dialogue(24));
    const [page] = await pages();
    if (page === undefined) throw new Error("no page");
    await worker.work(1);
    const summarized = (await store.pages.read(page.id))?.page;
    if (summarized === undefined) throw new Error("no page");
    await store.pages.save({ ...summarized, content: `${page.content}\nadded by hand` });
    expect((await memory.assemble()).pendingSummaries).toBe(1);
    await memory.requeue();
    await worker.work(1);
    expect((await memory.assemble()).pendingSummaries).toBe(0);
  });

  it("asks once more for a page that was edited after the worker had been there", async () => {
    const { memory, store, pages, worker, told } = batchScene();
    await memory.add(dialogue(24));
    const [page] = await pages();
    if (page === undefined) throw new Error("no page");
    await worker.work(1);
    const summarized = (await store.pages.read(page.id))?.page;
    if (summarized === undefined) throw new Error("no page");
    await store.pages.save({ ...summarized, content: "Edited by hand: the ledger was found in the mill." });
    const queuedBefore = told.filter(({ name }) => name === "queued").length;
    for (let turn = 0; turn < 3; turn += 1) expect((await memory.assemble()).pendingSummaries).toBe(1);
    expect(told.filter(({ name }) => name === "queued")).toHaveLength(queuedBefore + 1);
    expect(await worker.work(1)).toBe(1);
    const context = await memory.assemble();
    expect(context.pendingSummaries).toBe(0);
    expect(textOf(context, "summary")).toContain("the ledger was found in the mill");
  });

  it("lets the placeholder stand for a page that is gone, and says so", async () => {
    const store = memoryStore();
    let isGone = false;
    const { memory } = batchScene(
      {},
      {
        ...store,
        pages: { ...store.pages, read: async (id) => (isGone ? undefined : store.pages.read(id)) },
      },
    );
    await memory.add(dialogue(24));
    isGone = true;
    const context = await memory.assemble();
    expect(codesOf(context)).toContain("page_missing");
    expect(context.pendingSummaries).toBe(0);
    expect(textOf(context, "summary")).toContain("(the page is gone)\nFirst: turn-");
  });

  it("opens the store at a path by the function that it is given, once, when it is needed", async () => {
    const opened: string[] = [];
    const store = memoryStore();
    const memory = new VirtualMemory({
      ...{ enableBatchSummarization: true, workingMemoryTokens: 2_000, tokenizer },
      summarizationQueuePath: "/var/lib/agent/queue",
      openStore: async (path) => {
        opened.push(path);
        if (opened.length === 1) throw new Error("not mounted yet");
        return store;
      },
    });
    await memory.add(dialogue(10));
    expect(opened).toEqual([]);
    await memory.add(dialogue(24));
    expect(codesOf(await memory.assemble())).toContain("page_save_failed");
    await memory.assemble();
    await memory.assemble();
    expect(opened).toEqual(["/var/lib/agent/queue", "/var/lib/agent/queue"]);
    expect((await store.queue.stats()).ready).toBe(2);
  });
});
