import { ModelError } from "@gro/summarizer";
import { ScriptedError, scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { codesOf, dialogue, kindsOf, says, scene, textOf, tokenizer, waitingModel } from "./support/scene.js";

const noRetries = { summarize: { retry: { retries: 0 } } };

describe("a model that fails", () => {
  it("leaves placeholders, is left alone for a while, longer each time, and asked again then", async () => {
    let isDown = true;
    const model = scriptedModel({
      tokenizer,
      cue: () => (isDown ? new ScriptedError("no network", { isRetryable: true }) : undefined),
    });
    const clock = virtualClock();
    const { memory, pages } = scene({ model, clock, ...noRetries });
    await memory.add(dialogue(24));
    const context = await memory.assemble();
    expect(kindsOf(context).slice(0, 2)).toEqual(["placeholder", "placeholder"]);
    expect(codesOf(context)).toContain("summary_failed");
    expect(context.warnings[0]?.message).toContain("no network");
    expect(model.requests).toHaveLength(2);

    // However many messages come, and pages with them.
    for (const message of dialogue(40)) await memory.add(message);
    expect((await memory.assemble()).pendingSummaries).toBeGreaterThan(3);
    expect(model.requests).toHaveLength(2);
    for (const waitMs of [10_000, 20_000, 40_000]) {
      await clock.advance(waitMs - 1);
      const asked = model.requests.length;
      await memory.add(says("user", "one more", 5));
      expect(model.requests).toHaveLength(asked);
      await clock.advance(1);
      // Then with the next message, for one page.
      await memory.add(says("user", "one more", 5));
      await memory.add(says("user", "one more", 5));
      expect(model.requests).toHaveLength(asked + 1);
    }

    isDown = false;
    await clock.advance(80_000);
    await memory.add(says("user", "one more", 5));
    // Summaries that have come are folded, and one more is needed.
    expect((await memory.assemble()).pendingSummaries).toBeLessThanOrEqual(1);
    expect(await memory.settle()).toBe(0);
    for (const { summary } of await pages()) expect(summary).toBeDefined();
  });

  it("for one page, and does not say why, is not left alone when others get their answers", async () => {
    let isFirst = true;
    const model = scriptedModel({
      tokenizer,
      cue({ prompt }) {
        if (!isFirst || !prompt.includes("turn-0;")) return undefined;
        isFirst = false;
        return new Error("boom");
      },
    });
    const { memory, pages } = scene({ model, ...noRetries });
    await memory.add(dialogue(24));
    expect((await memory.assemble()).pendingSummaries).toBe(1);
    // Not with every message, but with the next compaction.
    const asked = model.requests.length;
    await memory.add(says("user", "one more", 5));
    expect(model.requests).toHaveLength(asked);
    await memory.add(dialogue(24));
    for (const { id, summary } of await pages()) expect(summary, id).toBeDefined();
  });

  it("waits as long as the provider asks", async () => {
    const error = new ScriptedError("slow down", { isRetryable: true, retryAfterMs: 3_600_000 });
    let isBusy = true;
    const model = scriptedModel({ tokenizer, cue: () => (isBusy ? error : undefined) });
    const clock = virtualClock();
    const { memory } = scene({ model, clock, ...noRetries });
    await memory.add(dialogue(24));
    isBusy = false;
    await clock.advance(3_599_999);
    await memory.add(says("user", "one more", 5));
    expect((await memory.assemble()).pendingSummaries).toBe(2);
    await clock.advance(1);
    await memory.add(says("user", "one more", 5));
    expect((await memory.assemble()).pendingSummaries).toBe(0);
  });

  it.each([
    ["filters", (words: string) => Object.assign(new Error(words), { status: 400, isRetryable: false })],
    [
      "finds invalid",
      (message: string) =>
        new ModelError({ kind: "invalid_request", provider: "test", model: "test", message }),
    ],
    // Of an error that says nothing, the answers that others get tell whose it is.
    ["will not have, and does not say why,", (words: string) => new Error(words)],
  ])(
    "that %s some pages for good summarizes the others, and those end after three times",
    async (_, errorOf) => {
      const model = scriptedModel({
        tokenizer,
        cue: ({ prompt }) => (prompt.includes("POISON") ? errorOf("no") : undefined),
      });
      const clock = virtualClock();
      const { memory, pages } = scene({ model, clock, ...noRetries });
      const poisoned = dialogue(80).map((message) => ({ ...message, content: `POISON ${message.content}` }));
      for (const message of [...poisoned, ...dialogue(300)]) {
        await memory.add(message);
        await clock.advance(1_000);
      }
      for (let round = 0; round < 4; round += 1) await memory.settle();
      expect((await memory.assemble()).pendingSummaries).toBe(0);
      const written = await pages();
      const refused = written.filter(({ content }) => content.includes("POISON"));
      expect(refused.length).toBeGreaterThan(4);
      for (const { id, content, summary, summaryMeta } of written) {
        expect(summary, id).toBeDefined();
        expect(summaryMeta?.modelId === "none", id).toBe(content.includes("POISON"));
      }
      // Three times each; one more where it took another's answer to tell whose error it was.
      const calls = model.requests.filter(({ prompt }) => prompt.includes("POISON")).length;
      expect(calls).toBeLessThanOrEqual(4 * refused.length);
    },
  );

  it.each([
    "server_error",
    "connection_lost",
    "rate_limited",
    "credentials_refused",
    "out_of_credit",
  ] as const)(
    "for reasons that have nothing to do with a page (%s) never counts against one",
    async (kind) => {
      let isDown = true;
      const error = new ModelError({ kind, provider: "test", model: "test", message: "no" });
      const model = scriptedModel({ tokenizer, cue: () => (isDown ? error : undefined) });
      const { memory, pages } = scene({ model, ...noRetries });
      await memory.add(dialogue(24));
      for (let round = 0; round < 10; round += 1) expect(await memory.settle()).toBe(2);
      isDown = false;
      expect(await memory.settle()).toBe(0);
      for (const { summaryMeta } of await pages()) expect(summaryMeta?.modelId).toBe(model.id);
    },
  );

  it("is asked again when the host says so", async () => {
    let isDown = true;
    const model = scriptedModel({ tokenizer, cue: () => (isDown ? new ScriptedError("busy") : undefined) });
    const { memory } = scene({ model, ...noRetries });
    await memory.add(dialogue(24));
    expect(await memory.settle()).toBe(2);
    isDown = false;
    expect(await memory.settle()).toBe(0);
  });

  it("that refuses a page again and again is given up: first and last lines stand for it", async () => {
    const model = scriptedModel({ tokenizer, behaviour: "refusing" });
    const { memory, pages } = scene({ model });
    await memory.add(
      dialogue(24).map((message, index) =>
        index === 0 ? { ...message, content: `${message.content}\nKeep this. @@important@@` } : message,
      ),
    );
    expect(await memory.settle()).toBe(2);
    expect(await memory.settle()).toBe(0);
    const context = await memory.assemble();
    expect(codesOf(context)).toContain("summary_by_code");
    expect(textOf(context, "summary")).toContain("First: turn-0;");
    expect(textOf(context, "summary")).toContain("Keep this. @@important@@");
    for (const { summary } of await pages()) expect(summary).toContain("First: turn-");
    expect(model.requests).toHaveLength(6);
  });

  it("whose page is edited meanwhile is asked for a summary of what it says then", async () => {
    const gate = waitingModel(scriptedModel({ tokenizer }));
    const { memory, pages, store } = scene({ model: gate.model });
    const added = memory.add(dialogue(24));
    await expect.poll(() => gate.waiting).toBe(2);
    const [page] = await pages();
    if (page === undefined) throw new Error("no page");
    await store.pages.save({ ...page, content: "Edited by hand: the ledger was found in the mill." });
    gate.open();
    await added;
    expect((await memory.assemble()).pendingSummaries).toBe(1);
    expect(await memory.settle()).toBe(0);
    expect(textOf(await memory.assemble(), "summary")).toContain("the ledger was found in the mill");
  });

  it("stays within the budgets however long it is away", async () => {
    const model = scriptedModel({ tokenizer, cue: () => new ScriptedError("down") });
    const { memory } = scene({ model, ...noRetries });
    for (const message of dialogue(200)) {
      await memory.add(message);
      expect((await memory.assemble()).usage.workingMemory).toBeLessThanOrEqual(2_000);
    }
  });
});
