import { memoryStore, type DurableStore } from "@gro/queue";
import { approximate, summarize } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import { checkToolPairs } from "./support/check-context.js";
import {
  batchScene,
  codesOf,
  dialogue,
  kindsOf,
  says,
  scene,
  textOf,
  tokenizer,
  tool,
  waitingModel,
} from "./support/scene.js";

/** A store whose pages can be made to fail. */
function breakable(store = memoryStore()) {
  const state = { isBroken: false };
  const broken: DurableStore = {
    ...store,
    pages: {
      ...store.pages,
      save: (page) =>
        state.isBroken ? Promise.reject(new Error("the disk is full")) : store.pages.save(page),
    },
  };
  return { broken, state };
}

describe("a store that fails", () => {
  it("costs no message: they stay in working memory, and the host is told", async () => {
    const { broken, state } = breakable();
    const { memory, pages } = scene({}, broken);
    state.isBroken = true;
    const messages = [...dialogue(60), ...tool("call_1"), says("user", "last")];
    for (const message of messages) {
      await memory.add(message);
      const context = await memory.assemble();
      expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
      checkToolPairs(context.messages);
      expect(context.messages.at(-1)?.content).toBe(message.content);
    }
    const context = await memory.assemble();
    expect(codesOf(context)).toEqual(expect.arrayContaining(["page_save_failed", "messages_not_shown"]));
    expect(context.warnings.map(({ message }) => message).join()).toContain("the disk is full");
    expect(textOf(context, "notice")).toContain("Older messages are not shown");
    expect(memory.toState().units.flat()).toHaveLength(messages.length);

    state.isBroken = false;
    await memory.add(says("user", "mended"));
    expect(codesOf(await memory.assemble())).toEqual([]);
    const everything = [
      ...(await pages()).map(({ content }) => content),
      textOf(await memory.assemble()),
    ].join("\n");
    for (const { content } of messages) expect(everything).toContain(content);
  });

  it("is told by compact, which was asked for", async () => {
    const { broken, state } = breakable();
    const { memory } = scene({}, broken);
    await memory.add(dialogue(16));
    state.isBroken = true;
    await expect(memory.compact()).rejects.toThrow("the disk is full");
    expect(memory.toState().units).toHaveLength(16);
  });

  it("shows the newest message shortened when not even that has room", async () => {
    const { broken, state } = breakable();
    const { memory } = scene({}, broken);
    state.isBroken = true;
    await memory.add([...dialogue(4), says("user", "huge", 9_000)]);
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    expect(context.messages.at(-1)?.content).toMatch(/^huge word.*the rest cannot be shown/su);
    expect(memory.toState().units.at(-1)?.[0].message.content.length).toBeGreaterThan(30_000);
  });

  it("does not overwrite a page of another content that has the same id", async () => {
    const store = memoryStore();
    const taken = { id: "pg_same", label: "", content: "by hand", createdAt: "", messageCount: 0, tokens: 0 };
    await store.pages.save(taken);
    const pageIdOf = (content: string) => (content.endsWith("\n") ? `pg_${content.length}` : "pg_same");
    const { memory, pages } = scene({ pageIdOf }, store);
    await memory.add(dialogue(24));
    expect((await store.pages.read("pg_same"))?.page.content).toBe("by hand");
    const written = await pages();
    expect(written).toHaveLength(2);
    for (const { content } of written) expect(content).toMatch(/\n$/u);
  });
});

describe("closing", () => {
  it("waits for summaries under way, and closes the store that the memory has opened", async () => {
    const closed: string[] = [];
    const open = () => ({ ...memoryStore(), close: async () => void closed.push("closed") });
    const { settings } = scene();
    const own = new VirtualMemory({
      ...settings,
      store: undefined,
      summarizationQueuePath: "/q",
      openStore: open,
    });
    const added = own.add(dialogue(24));
    await own.close();
    await added;
    expect(closed).toEqual(["closed"]);
    expect(own.toState().shown.map(({ state }) => state)).toEqual(["ready", "ready"]);

    const given = new VirtualMemory({ ...settings, store: open() });
    await given.add(dialogue(24));
    await given.close();
    expect(closed).toEqual(["closed"]);
  });
});

describe("messages that come while others are being summarized", () => {
  it("are there at once, in their order, and nothing is lost", async () => {
    const gate = waitingModel(scriptedModel({ tokenizer }));
    const { memory, pages } = scene({ model: gate.model });
    const first = memory.add(dialogue(24));
    await expect.poll(() => gate.waiting).toBe(2);
    const others = dialogue(40).map((message) => ({ ...message, content: `later ${message.content}` }));
    const adds = others.map((message) => memory.add(message));
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    expect(context.messages.at(-1)?.content).toContain("later turn-39;");
    expect(kindsOf(context)).toContain("placeholder");

    gate.open();
    await Promise.all([first, ...adds]);
    const after = await memory.assemble();
    const everything = [...(await pages()).map(({ content }) => content), textOf(after)].join("\n");
    for (let turn = 0; turn < 40; turn += 1) expect(everything).toContain(`later turn-${turn};`);
    const shown = after.messages
      .flatMap(({ content }) => /later turn-(\d+);/u.exec(content)?.[1] ?? [])
      .map(Number);
    expect(shown.slice(-4)).toEqual([36, 37, 38, 39]);
  });

  it("are safe in any number at once", async () => {
    const { memory, pages } = batchScene();
    const messages = dialogue(200);
    await Promise.all(messages.flatMap((message) => [memory.add(message), memory.assemble()]));
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    const everything = [...(await pages()).map(({ content }) => content), textOf(context)].join("\n");
    for (const { content } of messages) expect(everything).toContain(content);
    // In pages too, they stand in their order.
    for (const { content, label } of await pages()) {
      if (label.startsWith("summaries")) continue;
      const turns = Array.from(content.matchAll(/turn-(\d+);/gu), ([, turn]) => Number(turn));
      expect(turns).toEqual(turns.toSorted((one, other) => one - other));
    }
  });
});

describe("what a host gives", () => {
  it.each([
    ["store", { store: undefined }],
    ["store.pages", { store: {} }],
    ["store.queue", { store: { pages: memoryStore().pages }, enableBatchSummarization: true }],
    ["openStore", { store: undefined, summarizationQueuePath: "/q" }],
    ["summarizationQueuePath", { summarizationQueuePath: "/q" }],
    ["summarizationQueuePath", { store: undefined, summarizationQueuePath: "" }],
    ["model", { model: undefined }],
    ["enableBatchSummarization", { enableBatchSummarization: "yes" }],
    ["workingMemoryTokens", { workingMemoryTokens: 999 }],
    ["pageSlotTokens", { pageSlotTokens: 399 }],
    ["highRatio", { highRatio: 0.5, lowRatio: 0.5 }],
    ["highRatio", { highRatio: 1.1 }],
    ["lowRatio", { lowRatio: 0 }],
    ["minRecentPerLane", { minRecentPerLane: -1 }],
    ["summaryTokens", { summaryTokens: 501 }],
    ["importantTokens", { importantTokens: 501 }],
    ["systemPrompt", { systemPrompt: 7 }],
    ["summarize", { summarize: "short" }],
    ["tokenMax", { summarize: { tokenMax: -1 } }],
    ["contentType", { summarize: { contentType: "conversatoin" } }],
    ["chunkOverlap", { enableBatchSummarization: true, summarize: { chunkOverlap: 1.5 } }],
    ["tokenizer", { tokenizer: { id: "x" } }],
    ["pageIdOf", { pageIdOf: "pg_1" }],
    ["events", { events: {} }],
  ])("is refused with a name: %s", (option, wrong) => {
    const { settings } = scene();
    expect(() => new VirtualMemory({ ...settings, ...wrong } as never)).toThrow(
      expect.objectContaining({ code: "invalid_option", option }) as Error,
    );
  });

  it.each([
    ["message", null],
    ["message.role", { role: "robot", content: "" }],
    ["message.content", { role: "user", content: ["secret"] }],
    ["message.toolCallId", { role: "tool", content: "" }],
    ["message.importance", { role: "user", content: "", importance: 2 }],
    ["message.name", { role: "user", content: "", name: 3 }],
    ["message.toolCalls", { role: "assistant", content: "", toolCalls: {} }],
    [
      "message.toolCalls[0].id",
      { role: "assistant", content: "", toolCalls: [{ id: "", name: "x", arguments: "{}" }] },
    ],
    [
      "message.toolCalls[0].arguments",
      { role: "assistant", content: "", toolCalls: [{ id: "a", name: "x", arguments: {} }] },
    ],
  ])("is refused when it is no %s, and nothing is taken", async (option, wrong) => {
    const { memory } = scene();
    await expect(memory.add(wrong as never)).rejects.toMatchObject({ code: "invalid_option", option });
    await expect(memory.add([says("user", "fine"), wrong] as never)).rejects.toThrow("messages[1]");
    expect((await memory.assemble()).messages).toEqual([]);
  });

  it("may change later without changing the memory", async () => {
    const { memory } = scene();
    const message = { role: "user" as const, content: "as it was" };
    await memory.add(message);
    message.content = "changed";
    expect((await memory.assemble()).messages[0]?.content).toBe("as it was");
  });

  it("may be a listener that throws", async () => {
    const events = {
      emit() {
        throw new Error("not my day");
      },
    };
    const { memory } = scene({ events });
    await memory.add(dialogue(24));
    const context = await memory.assemble();
    expect(codesOf(context)).toContain("event_listener_failed");
    expect(kindsOf(context)).toContain("summary");
  });

  it("may be a tokenizer that has to be loaded, or cannot be", async () => {
    let isLoaded = false;
    const slow = {
      id: "slow",
      load: async () => void (isLoaded = true),
      count(text: string) {
        if (!isLoaded) throw new Error("not loaded");
        return approximate().count(text);
      },
    };
    const { memory } = scene({ tokenizer: slow });
    await memory.add(dialogue(24));
    expect(kindsOf(await memory.assemble())).toContain("summary");

    const broken = { ...slow, load: () => Promise.reject(new Error("no tables")) };
    const other = scene({ tokenizer: broken }).memory;
    await other.add(dialogue(24));
    expect(codesOf(await other.assemble())).toContain("tokenizer_fallback");
  });

  it("hears of everything, and never of content", async () => {
    const { memory, told, worker } = batchScene();
    for (const message of dialogue(40)) await memory.add(message);
    await worker.work(1);
    memory.ref("pg_000000000000");
    await memory.assemble();
    expect(new Set(told.map(({ name }) => name))).toEqual(
      new Set(["paged", "queued", "summarized", "warned"]),
    );
    expect(JSON.stringify(told)).not.toContain("turn-");
  });
});

it("summaries of this memory are those of summarize", async () => {
  const { memory, pages, model } = scene();
  await memory.add(dialogue(24));
  for (const page of await pages()) {
    const alone = await summarize(page.content, {
      ...{ model, tokenizer, contentType: "conversation" as const },
      targetTokens: page.summaryMeta?.targetTokens,
    });
    expect(page.summary).toBe(alone.summary);
  }
});
