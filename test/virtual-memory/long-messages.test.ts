import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { wholeContents } from "./support/all-pages.js";
import { batchScene, codesOf, dialogue, refsIn, scene, textOf, tokenizer } from "./support/scene.js";

describe("a message larger than the whole budget", () => {
  it("is shown with its beginning and end, how much is missing, and where all of it is", async () => {
    const { memory } = scene();
    const content = `It begins here. ${prose(9_000)} It ends here.`;
    await memory.add([...dialogue(6), { role: "user", content }]);
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    const shown = context.messages.at(-1);
    expect(shown?.role).toBe("user");
    expect(shown?.content).toMatch(/^It begins here\./u);
    expect(shown?.content).toMatch(/It ends here\.$/u);
    expect(shown?.content).toContain(
      `[… cut, ${tokenizer.count(content)} tokens in all; all of it: @@ref('pg_`,
    );
    expect(codesOf(context)).toContain("message_cut");
    // Of the other messages nothing had to go.
    expect(textOf(context, "message")).toContain("turn-0;");
  });

  it("is in pages that can be loaded one after the other", async () => {
    const { memory, pages } = scene({ pageSlotTokens: 800 });
    const content = prose(4_000);
    await memory.add({ role: "user", content });
    const [first = ""] = refsIn(textOf(await memory.assemble(), "message"));
    const read: string[] = [];
    for (let next: string | undefined = first; next !== undefined;) {
      memory.ref(next);
      const context = await memory.assemble();
      const part = context.parts.find(({ kind, pageId }) => kind === "page" && pageId === next);
      const page = (await pages()).find(({ id }) => id === next);
      expect(part?.message.content).toContain(page?.content);
      expect(context.usage.pageSlot).toBeLessThanOrEqual(800);
      read.push(page?.content ?? "");
      next = refsIn(page?.content ?? "")[0];
    }
    expect(read.length).toBeGreaterThan(5);
    expect(wholeContents(await pages()).some((whole) => whole.includes(content))).toBe(true);
    for (const { summary } of await pages()) expect(summary).toBeDefined();
  });

  it("shows its important lines in any case", async () => {
    const { memory } = scene();
    const rule = "Never delete the ledger. @@important@@";
    await memory.add({ role: "user", content: `${prose(3_000)}\n${rule}\n${prose(3_000, 2)}` });
    expect(textOf(await memory.assemble(), "message").split("\n")).toContain(rule);
    await memory.add(dialogue(60));
    expect(textOf(await memory.assemble(), "summary", "placeholder").split("\n")).toContain(rule);
  });

  it.each([
    ["larger than the budget", `RULE ${"never open the gate ".repeat(1_500)}@@important@@`],
    ["below the budget, but larger than a page", `RULE ${"never open the gate ".repeat(230)}@@important@@`],
    ["of JSON", JSON.stringify({ given: "x ".repeat(3_000), note: "keep @@important@@" })],
  ])("keeps an important line %s whole in a page and in its summary", async (_name, line) => {
    const { memory, pages } = scene({ pageSlotTokens: 1_000 });
    await memory.add({ role: "user", content: `before\n${line}\nafter` });
    const codes = codesOf(await memory.assemble());
    for (const message of dialogue(60)) {
      await memory.add(message);
      const context = await memory.assemble();
      codes.push(...codesOf(context));
      expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    }
    await memory.settle();
    const whole = (await pages()).filter(({ content }) => content.split("\n").includes(line));
    expect(whole).toHaveLength(1);
    expect(whole[0]?.summary?.split("\n")).toContain(line);
    expect(wholeContents(await pages()).join("\n")).toContain(`before\n${line}\nafter`);
    // What the context has no room for, it counts.
    expect(codes).toContain("important_left_out");
    expect(textOf(await memory.assemble(), "summary")).toMatch(/\[1 more important line is in the page/u);
    memory.ref(whole[0]?.id ?? "");
    const context = await memory.assemble();
    expect(codesOf(context)).toContain("page_cut");
    expect(context.usage.pageSlot).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ["without a space", "x".repeat(60_000)],
    ["of line breaks", "\n".repeat(60_000)],
    ["of emoji", "👩‍👩‍👧‍👦".repeat(4_000)],
    ["of Chinese", "船长说今天要下雨。".repeat(4_000)],
    ["of one important line", `${"word ".repeat(9_000)}@@important@@`],
    ["of important lines", "A rule. @@important@@\n".repeat(1_000)],
    ["of one ephemeral line", `${"word ".repeat(9_000)}@@ephemeral@@`],
    ["of markers", "@@ref('pg_aaaaaaaaaaaa')@@ ".repeat(2_000)],
    ["of lone surrogates", "\ud800\udc00\ud800 ".repeat(4_000)],
  ])("may be one %s", async (_name, content) => {
    const { memory, pages } = scene({ minRecentPerLane: 1 });
    for (const role of ["user", "assistant", "system"] as const) await memory.add({ role, content });
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(2_000);
    await memory.compact();
    expect((await memory.assemble()).usage.workingMemory).toBeLessThanOrEqual(2_000);
    const written = await pages();
    const kept = [
      ...wholeContents(written),
      ...written.flatMap(({ ephemeral = [] }) => ephemeral.map(({ text }) => text)),
      ...context.messages.map((message) => message.content),
    ];
    expect(kept.some((text) => text.includes(content))).toBe(true);
  });

  it("is paged although it is recent when there is no other way", async () => {
    const { memory } = batchScene({ minRecentPerLane: 50, workingMemoryTokens: 1_000 });
    for (const message of dialogue(60, 90)) await memory.add(message);
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(1_000);
    expect(context.messages.at(-1)?.content).toContain("turn-59;");
  });
});
