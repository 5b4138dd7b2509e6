import { memoryStore } from "@gro/queue";
import { VirtualMemory } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import { batchScene, codesOf, dialogue, says, scene, textOf, tool } from "./support/scene.js";

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("the state of a memory", () => {
  it("is plain JSON with a version, and gives the same context in another process", async () => {
    const { memory, settings, pages } = batchScene();
    for (const message of [...dialogue(80), ...tool("call_1"), says("system", "rule")])
      await memory.add(message);
    const [page] = await pages();
    await memory.add({ role: "assistant", content: `@@pin('${page?.id ?? ""}')@@` });
    const state = memory.toState();
    expect(state.version).toBe(1);
    expect(throughJson(state)).toEqual(state);

    const other = VirtualMemory.fromState(throughJson(state), settings);
    expect(other.toState()).toEqual(state);
    expect(await other.assemble()).toEqual(await memory.assemble());
    await other.add(says("user", "further"));
    expect((await other.assemble()).messages.at(-1)?.content).toContain("further");
  });

  it("shares nothing with the memory that it came from", async () => {
    const { memory, worker } = batchScene();
    await memory.add(dialogue(24));
    const state = memory.toState();
    const before = JSON.stringify(state);
    await memory.add(dialogue(24));
    await worker.work(1);
    await memory.assemble();
    expect(JSON.stringify(state)).toBe(before);
  });

  it("finds summaries that were written while nobody looked", async () => {
    const { memory, settings, worker } = batchScene();
    await memory.add(dialogue(24));
    const state = memory.toState();
    await worker.work(1);
    const context = await VirtualMemory.fromState(state, settings).assemble();
    expect(context.parts.filter(({ kind }) => kind === "summary")).toHaveLength(2);
    expect(context.pendingSummaries).toBe(0);
  });

  it("queues pages that were saved and not yet queued when the process ended", async () => {
    const store = memoryStore();
    const hanging = new Promise<never>(() => undefined);
    const { memory, settings } = batchScene(
      {},
      { ...store, queue: { ...store.queue, enqueue: () => hanging } },
    );
    void memory.add(dialogue(24));
    await expect.poll(() => memory.toState().shown.length).toBe(2);
    const state = throughJson(memory.toState());
    expect((await store.queue.stats()).ready).toBe(0);

    const { settings: other } = batchScene({}, store);
    await VirtualMemory.fromState(state, { ...settings, ...other }).assemble();
    expect((await store.queue.stats()).ready).toBe(2);
  });

  it("loses nothing when the process ends between a page and the state", async () => {
    const { memory, settings, store, pages } = batchScene();
    const old = throughJson(memory.toState());
    await memory.add(dialogue(24));
    // The pages are there, the state is from before: the host adds its messages again.
    const again = VirtualMemory.fromState(old, settings);
    await again.add(dialogue(24));
    expect(await again.assemble()).toEqual(await memory.assemble());
    expect(await pages()).toHaveLength(2);
    expect((await store.queue.stats()).ready).toBe(2);
  });

  it("goes on inline with pages that were to be summarized in batch", async () => {
    const { memory, settings, model } = batchScene();
    await memory.add(dialogue(24));
    const inline = VirtualMemory.fromState(memory.toState(), {
      ...settings,
      enableBatchSummarization: false,
    });
    expect(await inline.settle()).toBe(0);
    expect(model.requests).toHaveLength(2);
    expect(textOf(await inline.assemble())).not.toContain("Pending summary");
  });

  it("may be read with other budgets", async () => {
    const { memory, settings } = batchScene();
    for (const message of dialogue(60)) await memory.add(message);
    const smaller = VirtualMemory.fromState(memory.toState(), { ...settings, workingMemoryTokens: 1_000 });
    expect((await smaller.assemble()).usage.workingMemory).toBeLessThanOrEqual(1_000);
  });

  it("remembers a call that waits for its result", async () => {
    const { memory, settings } = scene();
    const [call, result] = tool("call_1");
    if (call === undefined || result === undefined) throw new Error("no call");
    await memory.add(call);
    const other = VirtualMemory.fromState(throughJson(memory.toState()), settings);
    await other.add([says("user", "hm"), result]);
    expect((await other.assemble()).messages.map(({ role }) => role)).toEqual(["assistant", "tool", "user"]);
  });

  it("names the field that cannot be read", async () => {
    const { memory, settings } = batchScene();
    await memory.add(dialogue(24));
    const state = memory.toState();
    const [entry] = state.shown;
    for (const [field, wrong] of [
      ["state", "text"],
      ["state.version", { ...state, version: 2 }],
      ["state.nextOrder", { ...state, nextOrder: 0 }],
      ["state.units", { ...state, units: "none" }],
      ["state.units[0]", { ...state, units: [[]] }],
      ["state.units[0][0].message.role", { ...state, units: [[{ order: 0, message: { role: "?" } }]] }],
      ["state.shown[0].pageId", { ...state, shown: [{ ...entry, pageId: "../x" }] }],
      ["state.shown[0].state", { ...state, shown: [{ ...entry, state: "done" }] }],
      ["state.backlog[0].isQueued", { ...state, backlog: [{ ...entry, isQueued: 1 }] }],
      ["state.slot.loaded[0]", { ...state, slot: { ...state.slot, loaded: [7] } }],
      [
        "state.slot.requests[0].kind",
        { ...state, slot: { ...state.slot, requests: [{ kind: "eat", pageId: "a" }] } },
      ],
    ] as const) {
      expect(() => VirtualMemory.fromState(wrong, settings)).toThrow(
        expect.objectContaining({ code: "invalid_option", option: field }) as Error,
      );
    }
  });

  it("says so when a newer version has written it", async () => {
    const { settings } = scene();
    expect(() => VirtualMemory.fromState({ version: 9 }, settings)).toThrow(
      "a newer version of this package",
    );
  });

  it("outlives pages that are gone by then", async () => {
    const { memory, settings } = batchScene();
    await memory.add(dialogue(24));
    memory.ref(memory.toState().shown[0]?.pageId ?? "");
    const elsewhere = { ...settings, store: memoryStore() };
    const context = await VirtualMemory.fromState(memory.toState(), elsewhere).assemble();
    expect(codesOf(context)).toEqual(expect.arrayContaining(["page_missing", "page_unknown"]));
    expect(context.pendingSummaries).toBe(0);
  });
});
