import { memoryStore, type DurableStore } from "@gro/queue";
import { describe, expect, it } from "vitest";
import { checkToolPairs } from "./support/check-context.js";
import { batchScene, codesOf, dialogue, says, scene, textOf, tokenizer, tool } from "./support/scene.js";

describe("tool calls and their results", () => {
  it("are paged together and kept together", async () => {
    const { memory, pages } = batchScene();
    for (let call = 0; call < 40; call += 1) {
      await memory.add(tool(`call_${call}`, 30));
      checkToolPairs((await memory.assemble()).messages);
    }
    const written = (await pages()).filter(({ lane }) => lane === "tool");
    expect(written.length).toBeGreaterThan(1);
    for (const { content } of written) {
      const calls = content.match(/(?<=^\[call )\S+/gmu);
      const results = content.match(/(?<=^\[result of )[^\]]+/gmu);
      expect(results).toEqual(calls);
    }
  });

  it("stand in a page with name, arguments and result", async () => {
    const { memory, pages } = batchScene({ minRecentPerLane: 0 });
    const given = '{"city":"Oslo"}';
    await memory.add([
      {
        role: "assistant",
        content: "Let me look.",
        toolCalls: [{ id: "toolu_01", name: "weather", arguments: given }],
      },
      { role: "tool", toolCallId: "toolu_01", name: "weather", content: `Rain. ${"word ".repeat(60)}` },
    ]);
    await memory.compact();
    const [page] = await pages();
    expect(page?.content).toContain(
      `[assistant]\nLet me look.\n[call toolu_01 of weather]\n${given}\n\n[result of toolu_01 weather]\nRain. word`,
    );
    expect(page).toMatchObject({ lane: "tool", messageCount: 2 });
  });

  it("come back one behind the other although something was said in between", async () => {
    const { memory } = scene();
    const toolCalls = ["a", "b"].map((id) => ({ id, name: "look_up", arguments: "{}" }));
    await memory.add([
      { role: "assistant", content: "", toolCalls },
      { role: "tool", toolCallId: "b", content: "second" },
      says("user", "hurry", 5),
      { role: "tool", toolCallId: "a", content: "first" },
    ]);
    const { messages } = await memory.assemble();
    expect(messages.map(({ content }) => content.slice(0, 6).trim())).toEqual([
      "",
      "second",
      "first",
      "hurry",
    ]);
    checkToolPairs(messages);
  });

  it("belong to the latest call of their id, as some vendors use ids again", async () => {
    const { memory } = scene();
    await memory.add([...tool("call_1", 5), ...tool("call_1", 5)]);
    const { messages } = await memory.assemble();
    expect(messages.map(({ role }) => role)).toEqual(["assistant", "tool", "assistant", "tool"]);
  });

  it("answer the latest of two calls of one id that both wait", async () => {
    const { memory } = scene();
    const [first, second] = ["first", "second"].map((content) => ({
      role: "assistant" as const,
      content,
      toolCalls: [{ id: "call_1", name: "look_up", arguments: "{}" }],
    }));
    if (first === undefined || second === undefined) throw new Error("no calls");
    const result = { role: "tool" as const, toolCallId: "call_1", content: "found" };
    await memory.add([first, second, result]);
    expect((await memory.assemble()).messages).toEqual([first, second, result]);
  });

  it("stay together when a result comes while the call is being put into a page", async () => {
    const store = memoryStore();
    let saving = 0;
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const slow: DurableStore = {
      ...store,
      pages: {
        ...store.pages,
        save: async (page) => {
          saving += 1;
          await gate;
          return store.pages.save(page);
        },
      },
    };
    const { memory, pages } = batchScene({ workingMemoryTokens: 1_000 }, slow);
    const ids = Array.from({ length: 200 }, (_, index) => `call_${index}`);
    const toolCalls = ids.map((id) => ({ id, name: "look_up", arguments: "{}" }));
    const results = ids.map((toolCallId) => ({ role: "tool" as const, toolCallId, content: "found" }));
    const added = memory.add({ role: "assistant", content: "All.", toolCalls });
    await expect.poll(() => saving).toBe(1);
    const later = memory.add(results);
    letGo();
    await Promise.all([added, later]);
    const context = await memory.assemble();
    checkToolPairs(context.messages);
    expect(textOf(context)).not.toContain("whose call is not shown");
    const everything = [textOf(context), ...(await pages()).map(({ content }) => content)].join("\n");
    for (const id of ids) expect(everything).toContain(`[result of ${id}]\nfound`);
    expect(context.usage.workingMemory).toBeLessThanOrEqual(1_000);
  });

  it("wait for results that are still to come, whatever else is paged", async () => {
    const { memory } = batchScene({ minRecentPerLane: 1 });
    const [call, result] = tool("call_slow", 40);
    if (call === undefined || result === undefined) throw new Error("no call");
    await memory.add(call);
    for (const message of dialogue(60)) await memory.add(message);
    expect((await memory.assemble()).messages).toContainEqual(call);
    await memory.add(result);
    const { messages } = await memory.assemble();
    expect(messages.filter(({ role }) => role === "tool")).toEqual([result]);
    checkToolPairs(messages);
  });

  it("take no place of the last messages of the assistant, however many there are", async () => {
    const { memory } = batchScene({ minRecentPerLane: 4 });
    const plans = Array.from({ length: 4 }, (_, index) => says("assistant", `plan-${index};`, 30));
    await memory.add(plans);
    for (let call = 0; call < 40; call += 1) await memory.add(tool(`call_${call}`, 60));
    const { messages } = await memory.assemble();
    for (const plan of plans) expect(messages).toContainEqual(plan);
    // Of the lane of tools the last four messages stay: two calls and their results.
    await memory.compact();
    const kept = (await memory.assemble()).messages;
    expect(kept.filter(({ role }) => role === "tool").map(({ content }) => content.slice(0, 16))).toEqual([
      "found by call_38",
      "found by call_39",
    ]);
    expect(kept.filter(({ role }) => role === "assistant")).toHaveLength(4 + 2);
  });

  it("that were given up are paged, but for the latest", async () => {
    const { memory, pages } = batchScene({ minRecentPerLane: 3 });
    const calls = Array.from({ length: 60 }, (_, index) => tool(`call_${index}`, 40)[0]).filter(
      (call) => call !== undefined,
    );
    for (const [index, call] of calls.entries()) {
      await memory.add([call, says("user", `turn-${index};`)]);
      checkToolPairs((await memory.assemble()).messages);
    }
    await memory.compact();
    const { messages } = await memory.assemble();
    expect(messages.filter(({ role }) => role === "assistant")).toEqual(calls.slice(-3));
    const written = (await pages()).map(({ content }) => content).join("\n");
    for (let index = 0; index < 57; index += 1) expect(written).toContain(`[call call_${index} of look_up]`);
    // A result that comes after all has no call to stand behind.
    await memory.add({ role: "tool", toolCallId: "call_5", content: "late" });
    const context = await memory.assemble();
    expect(textOf(context)).toContain("[result of call_5, whose call is not shown]\nlate");
    checkToolPairs(context.messages);
  });

  it("are told as text when a result has no call to stand behind", async () => {
    const { memory } = scene();
    await memory.add({ role: "tool", toolCallId: "call_lost", content: "late" });
    const context = await memory.assemble();
    expect(context.messages).toEqual([
      { role: "user", content: "[result of call_lost, whose call is not shown]\nlate" },
    ]);
  });

  it("keep their ids and JSON when they are too long to be shown whole", async () => {
    const { memory, pages } = scene();
    await memory.add(tool("call_big", 6_000));
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    checkToolPairs(context.messages);
    const [call, result] = context.messages;
    if (call?.role !== "assistant" || result?.role !== "tool") throw new Error("no pair");
    const [only] = call.toolCalls ?? [];
    expect(only).toMatchObject({ id: "call_big", name: "look_up" });
    const given: unknown = JSON.parse(only?.arguments ?? "");
    expect(given).toEqual({ cut: expect.stringMatching(/@@ref\('pg_[0-9a-f]{12}'\)@@/u) as string });
    expect(result.toolCallId).toBe("call_big");
    expect(codesOf(context).filter((code) => code === "message_cut")).toHaveLength(2);
    const everything = (await pages()).map(({ content }) => content).join("\n");
    expect(everything).toContain("found by call_big");
    expect(everything).toContain('{"query":"call_big');
  });

  it("are paged as one even when there are a thousand results", async () => {
    const { memory, pages } = batchScene();
    const ids = Array.from({ length: 1_000 }, (_, index) => `call_${index}`);
    await memory.add([
      {
        role: "assistant",
        content: "All.",
        toolCalls: ids.map((id) => ({ id, name: "look_up", arguments: "{}" })),
      },
      ...ids.map((toolCallId) => ({ role: "tool" as const, toolCallId, content: `found ${toolCallId}` })),
    ]);
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    expect(codesOf(context)).toContain("recent_paged");
    expect(textOf(context, "placeholder")).toContain("1001 messages");
    const [page] = await pages();
    for (const id of ids) expect(page?.content).toContain(`found ${id}`);
    expect(tokenizer.count(page?.content ?? "")).toBeGreaterThan(2_000);
  });
});
