import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { dialogue, kindsOf, refsIn, says, scene, textOf, tokenizer } from "./support/scene.js";

describe("working memory", () => {
  it("keeps messages as they are below its high watermark", async () => {
    const { memory, model, pages } = scene();
    const messages = dialogue(18);
    await memory.add(messages);
    const context = await memory.assemble();
    expect(context.messages).toEqual(messages);
    expect(context.usage.workingMemory).toBeLessThanOrEqual(1_300);
    expect(model.requests).toEqual([]);
    expect(await pages()).toEqual([]);
  });

  it("pages older messages lane by lane above it, down to the low watermark", async () => {
    const { memory, pages } = scene();
    await memory.add(dialogue(24));
    const context = await memory.assemble();
    expect(context.usage.workingMemory).toBeLessThanOrEqual(1_000);
    expect(context.usage.workingMemory).toBeGreaterThan(600);

    const written = await pages();
    expect(written.map(({ lane }) => lane).sort()).toEqual(["assistant", "user"]);
    for (const { lane = "", content } of written) {
      expect(content).toContain(`[${lane}]\nturn-${lane === "user" ? 0 : 1};`);
      expect(content).not.toContain(lane === "user" ? "[assistant]" : "[user]");
    }
    // Summaries first, then what is left, in order.
    const [first, second, ...rest] = context.parts;
    expect([first?.kind, second?.kind]).toEqual(["summary", "summary"]);
    expect(new Set(rest.map(({ kind }) => kind))).toEqual(new Set(["message"]));
    expect(rest.at(-1)?.message.content).toContain("turn-23;");
  });

  it("leaves a summary and a ref in the place of a page", async () => {
    const { memory, pages } = scene();
    await memory.add(dialogue(24));
    const context = await memory.assemble();
    for (const page of await pages()) {
      const part = context.parts.find(({ pageId }) => pageId === page.id);
      const [header, ...summary] = part?.message.content.split("\n") ?? [];
      expect(header).toBe(
        `[Summary of ${page.messageCount} messages, ${page.lane ?? ""} lane 2026-01-01T00:00] @@ref('${page.id}')@@`,
      );
      expect(summary.join("\n")).toBe(page.summary);
      expect(part?.message.role).toBe("user");
    }
  });

  it("writes pages that hosts and workers know, named by their content", async () => {
    const { memory, pages } = scene();
    await memory.add([...dialogue(24), { ...says("user", "much"), importance: 0.4 }]);
    await memory.compact();
    for (const page of await pages()) {
      const hash = createHash("sha256").update(page.content).digest("hex");
      expect(page.id).toBe(`pg_${hash.slice(0, 12)}`);
      expect(page).toMatchObject({
        label: `${page.lane ?? ""} lane 2026-01-01T00:00`,
        createdAt: "2026-01-01T00:00:00.000Z",
        messageCount: page.content.split(`[${page.lane ?? ""}]`).length - 1,
        summaryMeta: { modelId: "scripted:obedient", contentHash: hash },
      });
      // Counted message by message, which comes to a little more.
      const whole = tokenizer.count(page.content);
      expect(page.tokens).toBeGreaterThanOrEqual(whole);
      expect(page.tokens).toBeLessThan(whole * 1.06);
    }
  });

  it.each([0, 1, 4, 7])("never pages the last %i messages of a lane", async (minRecentPerLane) => {
    const { memory, pages } = scene({ minRecentPerLane });
    const messages = [says("system", "rule-0;", 20), ...dialogue(30), says("system", "rule-1;", 20)];
    for (const message of messages) await memory.add(message);
    await memory.compact();
    const context = await memory.assemble();
    for (const lane of ["user", "assistant", "system"]) {
      const recent = messages
        .filter(({ role }) => role === lane)
        .slice(minRecentPerLane === 0 ? 99 : -minRecentPerLane);
      for (const message of recent) expect(context.messages).toContainEqual(message);
    }
    expect((await pages()).length).toBeGreaterThan(0);
  });

  it("pages messages of high importance after the others, and says how important a page is", async () => {
    const { memory, pages } = scene({ minRecentPerLane: 2 });
    const [first, ...others] = dialogue(24);
    if (first === undefined) throw new Error("no dialogue");
    await memory.add([{ ...first, importance: 0.9 }, ...others]);
    expect((await memory.assemble()).messages[2]?.content).toContain("turn-0;");
    for (const { maxImportance } of await pages()) expect(maxImportance).toBeUndefined();
    await memory.compact();
    const importances = (await pages()).map(({ maxImportance }) => maxImportance);
    expect(importances).toContain(0.9);
  });

  it("does not make a page of a word or two", async () => {
    const { memory, pages } = scene({ minRecentPerLane: 1 });
    await memory.add([
      { role: "system", content: "Be kind." },
      { role: "system", content: "Be brief." },
      ...dialogue(24),
    ]);
    await memory.compact();
    expect(new Set((await pages()).map(({ lane }) => lane))).toEqual(new Set(["assistant", "user"]));
    expect((await memory.assemble()).messages).toContainEqual({ role: "system", content: "Be kind." });
  });

  it("compacts when it is told to, and says what that brought", async () => {
    const { memory, pages } = scene();
    await memory.add(dialogue(16));
    expect(await pages()).toEqual([]);
    const report = await memory.compact();
    expect(report.tokensAfter).toBeLessThan(report.tokensBefore);
    expect(report.tokensAfter).toBe((await memory.assemble()).usage.workingMemory);
    expect((await pages()).length).toBe(2);
  });

  it("folds the oldest summaries into one page when they become many, with their refs in it", async () => {
    const { memory, pages } = scene();
    for (const message of dialogue(300)) await memory.add(message);
    const context = await memory.assemble();
    const folded = (await pages()).filter(({ label }) => label.startsWith("summaries"));
    expect(folded.length).toBeGreaterThan(1);
    expect(kindsOf(context).filter((kind) => kind === "summary").length).toBeLessThan(12);

    // From the refs in the context every page can be reached.
    const byId = new Map((await pages()).map((page) => [page.id, page.content]));
    const reached = new Set<string>();
    const next = refsIn(textOf(context));
    for (let pageId = next.pop(); pageId !== undefined; pageId = next.pop()) {
      if (reached.has(pageId)) continue;
      reached.add(pageId);
      next.push(...refsIn(byId.get(pageId) ?? ""));
    }
    expect([...byId.keys()].filter((pageId) => !reached.has(pageId))).toEqual([]);
  });

  it("has the defaults of the original", async () => {
    const { memory } = scene({ workingMemoryTokens: undefined, pageSlotTokens: undefined });
    const usages: number[] = [];
    for (const message of dialogue(300)) {
      await memory.add(message);
      usages.push((await memory.assemble()).usage.workingMemory);
    }
    const most = Math.max(...usages);
    expect(most).toBeGreaterThan(11_600);
    expect(most).toBeLessThanOrEqual(0.65 * 18_000);
    const after = usages[usages.findIndex((tokens, index) => tokens < (usages[index - 1] ?? 0))] ?? 0;
    expect(after).toBeGreaterThan(8_000);
    expect(after).toBeLessThanOrEqual(0.5 * 18_000);
  });

  it("puts the system prompt first, beside the budgets", async () => {
    const { memory } = scene({ systemPrompt: "You are a harbour master." });
    await memory.add(says("user", "hello"));
    const context = await memory.assemble();
    expect(context.messages[0]).toEqual({ role: "system", content: "You are a harbour master." });
    expect(context.usage.systemPrompt).toBeGreaterThan(5);
    await memory.compact();
    expect(kindsOf(await memory.assemble())[0]).toBe("system-prompt");
  });

  it("keeps a page and its summary when the same is said again", async () => {
    const { memory, pages, model } = scene({ minRecentPerLane: 0 });
    await memory.add(dialogue(12));
    await memory.compact();
    const before = await pages();
    const asked = model.requests.length;
    await memory.add(dialogue(12));
    await memory.compact();
    expect(await pages()).toEqual(before);
    expect(model.requests).toHaveLength(asked);
    expect(kindsOf(await memory.assemble())).toEqual(["summary", "summary", "summary", "summary"]);
  });

  it("asks the model for a summary of a conversation, or of what the host says it is", async () => {
    const usual = scene();
    await usual.memory.add(dialogue(24));
    expect(usual.model.requests[0]?.system).toContain("It is a conversation.");
    const own = scene({ summarize: { contentType: { instructions: "Keep only names." } } });
    await own.memory.add(dialogue(24));
    expect(own.model.requests[0]?.system).toContain("Keep only names.");
  });
});
