import { memoryStore, type DurableStore } from "@gro/queue";
import { scriptedModel } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { batchScene, codesOf, dialogue, scene, textOf, tokenizer } from "./support/scene.js";

const RULE = "Never delete the ledger of 1911. @@important@@";

function talkWith(...lines: string[]) {
  const messages = dialogue(24);
  return messages.map((message, index) =>
    index === 2 ? { ...message, content: [message.content, ...lines].join("\n") } : message,
  );
}

describe("lines tagged @@important@@", () => {
  it.each(["obedient", "terse", "echo", "verbose"] as const)(
    "stand word for word in the summary and the page, whatever a %s model writes",
    async (behaviour) => {
      const model = scriptedModel({ tokenizer, behaviour });
      const { memory, pages } = scene({ model });
      await memory.add(talkWith(RULE, "  indented too @@important@@"));
      const summaries = textOf(await memory.assemble(), "summary").split("\n");
      expect(summaries.filter((line) => line === RULE)).toHaveLength(1);
      expect(summaries).toContain("  indented too @@important@@");
      const page = (await pages()).find(({ content }) => content.includes(RULE));
      expect(page?.summary?.split("\n")).toContain(RULE);
      expect(page?.maxImportance).toBe(1);
    },
  );

  it("are put right where the model mends them or makes some up", async () => {
    const text = `They met. Never delete a ledger. @@important@@ ${RULE} They parted.\nAlways obey. @@important@@`;
    const usage = { inputTokens: 1, outputTokens: 1 };
    const model = scriptedModel({ tokenizer, cue: () => ({ text, finishReason: "stop", usage }) });
    const { memory } = scene({ model });
    await memory.add(talkWith(RULE));
    const summary = textOf(await memory.assemble(), "summary").split("\n");
    expect(summary.filter((line) => line.includes("@@important@@"))).toEqual([RULE]);
    // What it said beside that stays, as ordinary text.
    expect(summary.join("\n")).toContain("They met. Never delete a ledger.");
    expect(summary.join("\n")).toContain("They parted.");
    expect(summary.join("\n")).toContain("Always obey.");
  });

  it("stand in the placeholder, and in a batch summary that lacks them", async () => {
    const { memory, worker, pages } = batchScene({}, memoryStore());
    await memory.add(talkWith(RULE));
    expect(textOf(await memory.assemble(), "placeholder").split("\n")).toContain(RULE);
    await worker.work(1);
    const without = (await pages()).find(({ content }) => content.includes(RULE));
    expect(without?.summary).toBeDefined();
    const context = await memory.assemble();
    expect(textOf(context, "summary").split("\n")).toContain(RULE);
    // The page is put right as well, so that others who read it see the line too.
    const mended = (await pages()).find(({ content }) => content.includes(RULE));
    expect(mended?.summary?.split("\n")).toContain(RULE);
    expect(mended?.summaryMeta).toEqual(without?.summaryMeta);
  });

  it("survive when summaries are folded, again and again", async () => {
    const { memory } = scene();
    const talk = dialogue(200);
    for (const [index, message] of talk.entries()) {
      await memory.add(index === 5 ? { ...message, content: `${message.content}\n${RULE}` } : message);
    }
    expect(textOf(await memory.assemble(), "summary").split("\n")).toContain(RULE);
  });

  it("come out of the summary's budget, of which the model keeps half", async () => {
    const lines = Array.from(
      { length: 6 },
      (_, index) => `Rule ${index}: ${"word ".repeat(20)}@@important@@`,
    );
    const { memory } = scene({ summaryTokens: 200, workingMemoryTokens: 4_000 });
    await memory.add([...talkWith(...lines), ...dialogue(40)]);
    const context = await memory.assemble();
    const part = context.parts.find(({ message }) => message.content.includes("Rule 3"));
    const text = part?.message.content ?? "";
    for (const line of lines) expect(text.split("\n")).toContain(line);
    const own = text
      .split("\n")
      .filter((line) => !line.includes("@@important@@"))
      .slice(1)
      .join("\n");
    expect(tokenizer.count(own)).toBeLessThanOrEqual(100);
    expect(tokenizer.count(own)).toBeGreaterThan(30);
  });

  it("are counted where there are too many for the context; the page's summary has them all", async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `Rule ${index}: ${"word ".repeat(12)}@@important@@`,
    );
    const { memory, pages } = scene({ importantTokens: 200 });
    await memory.add(talkWith(...lines));
    const context = await memory.assemble();
    const summary = textOf(context, "summary");
    expect(summary).toMatch(/\[\d+ more important lines are in the page\]/u);
    expect(summary).toContain("Rule 39:");
    expect(summary).not.toContain("Rule 0:");
    expect(codesOf(context)).toContain("important_left_out");
    const page = (await pages()).find(({ content }) => content.includes("Rule 0:"));
    for (const line of lines) expect(page?.summary?.split("\n")).toContain(line);
  });
});

describe("lines tagged @@ephemeral@@", () => {
  const SECRET = "the password is heron @@ephemeral@@";

  it("never reach the model, and are kept beside the page's content", async () => {
    const { memory, model, pages } = scene();
    await memory.add(talkWith("before", SECRET, "after"));
    await memory.assemble();
    expect(model.requests.length).toBeGreaterThan(0);
    for (const { prompt, system } of model.requests) expect(prompt + system).not.toContain("heron");
    const page = (await pages()).find(({ ephemeral }) => ephemeral !== undefined);
    expect(page?.content).toContain("before\nafter");
    expect(page?.content).not.toContain("heron");
    expect(page?.ephemeral).toEqual([{ message: 1, line: 2, text: SECRET }]);
  });

  it("do not come back with a loaded page, a placeholder or what is queued", async () => {
    const { memory, store, pages } = batchScene();
    await memory.add(talkWith(SECRET));
    const hidden = (await pages()).find(({ ephemeral }) => ephemeral !== undefined);
    memory.ref(hidden?.id ?? "");
    expect(textOf(await memory.assemble())).not.toContain("heron");
    const claims = await store.queue.claim({ limit: 10, leaseMs: 1 });
    expect(JSON.stringify(claims)).not.toContain("heron");
  });

  it("stay out of sight in pages of others that are loaded, whole or in part", async () => {
    const { memory, store } = batchScene();
    for (const [id, words] of Object.entries({ small: 10, large: 4_000 })) {
      const content = ["before", SECRET, "word ".repeat(words)].join("\n");
      await store.pages.save({
        ...{ id, content, label: id, createdAt: "2026-01-01T00:00:00.000Z", messageCount: 1, tokens: words },
      });
      memory.ref(id);
      const text = textOf(await memory.assemble(), "page");
      expect(text).toContain("before");
      expect(text).not.toContain("heron");
    }
  });

  it("stay out of sight inline, also when somebody puts one into a page that waits", async () => {
    const base = memoryStore();
    const withSecret: DurableStore = {
      ...base,
      pages: {
        ...base.pages,
        save: (page) => base.pages.save({ ...page, content: `${page.content}\n${SECRET}` }),
      },
    };
    const { memory, model } = scene({}, withSecret);
    await memory.add(talkWith("before"));
    await memory.assemble();
    expect(model.requests.length).toBeGreaterThan(0);
    for (const { prompt } of model.requests) expect(prompt).not.toContain("heron");
  });

  it("stay out of sight in arguments of calls, in long messages and in names", async () => {
    const { memory, model, pages } = scene({ minRecentPerLane: 0 });
    const given = JSON.stringify({ note: SECRET });
    await memory.add([
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "call @@ephemeral@@ 1", name: "note", arguments: given }],
      },
      {
        role: "tool",
        toolCallId: "call @@ephemeral@@ 1",
        content: `${"word ".repeat(4_000)}\n${SECRET}\nend`,
      },
    ]);
    await memory.compact();
    await memory.assemble();
    expect(model.requests.length).toBeGreaterThan(0);
    for (const { prompt } of model.requests) {
      expect(prompt).not.toContain("heron");
      expect(prompt).not.toContain("@@ephemeral@@");
    }
    const hidden = (await pages()).flatMap(({ ephemeral = [] }) => ephemeral);
    expect(hidden.map(({ text }) => text).sort()).toEqual([given, SECRET].sort());
  });

  it("are ephemeral even when they are tagged important as well", async () => {
    const { memory, model } = scene();
    await memory.add(talkWith("the password is heron @@important@@ @@ephemeral@@"));
    expect(textOf(await memory.assemble(), "summary")).not.toContain("heron");
    for (const { prompt } of model.requests) expect(prompt).not.toContain("heron");
  });

  it("are kept for each page, also when pages say the same without them", async () => {
    const { memory, pages } = scene({ minRecentPerLane: 0 });
    for (const secret of ["one @@ephemeral@@", "two @@ephemeral@@"]) {
      await memory.add({ role: "user", content: `${"word ".repeat(80)}\n${secret}` });
      await memory.compact();
    }
    const hidden = (await pages()).flatMap(({ ephemeral = [] }) => ephemeral.map(({ text }) => text));
    expect(hidden).toEqual(["one @@ephemeral@@", "two @@ephemeral@@"]);
  });

  it("may be all that there is", async () => {
    const { memory, pages } = scene({ minRecentPerLane: 0 });
    const secrets = Array.from({ length: 40 }, (_, index) => `${"word ".repeat(30)}${index} @@ephemeral@@`);
    await memory.add(secrets.map((content) => ({ role: "user", content })));
    await memory.compact();
    const context = await memory.assemble();
    expect(context.pendingSummaries).toBe(0);
    expect((await pages()).flatMap(({ ephemeral = [] }) => ephemeral.map(({ text }) => text))).toEqual(
      secrets,
    );
  });
});
