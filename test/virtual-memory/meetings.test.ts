import { memoryStore } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory, type Context } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import * as corpus from "../support/corpus.js";
import { seededRandom } from "../support/prose.js";
import { watchPages } from "./support/all-pages.js";
import { checkContext } from "./support/check-context.js";
import { handWorker } from "./support/hand-worker.js";
import { meetingChat } from "./support/meeting-chat.js";
import { refsIn, textOf } from "./support/scene.js";

const budgets = { workingMemoryTokens: 18_000, pageSlotTokens: 18_000 };
const tokenizer = approximate();
const COUNT = 2_000;

describe.skipIf(corpus.isAbsent)(`a chat of ${COUNT} messages from meetings${corpus.note}`, () => {
  it.each([
    ["inline", false],
    ["in batch, with a worker that comes now and then and finishes out of order", true],
  ])("is remembered %s", async (_name, isBatch) => {
    const watched = watchPages(memoryStore());
    const model = scriptedModel({ tokenizer });
    const random = seededRandom(7);
    const worker = handWorker(watched.store, model, tokenizer, random);
    const memory = new VirtualMemory({
      ...{ store: watched.store, model, tokenizer, ...budgets, enableBatchSummarization: isBatch },
    });
    const messages = meetingChat(COUNT);
    let loaded = 0;
    let context: Context = await memory.assemble();
    for (const message of messages) {
      await memory.add(message);
      if (message.role === "assistant" && random() < 0.03) {
        const refs = refsIn(textOf(context, "summary", "placeholder"));
        const ref = refs[Math.floor(random() * refs.length)];
        if (ref !== undefined) {
          await memory.add({ role: "assistant", content: `I want @@ref('${ref}')@@ again.` });
          const page = (await watched.store.pages.read(ref))?.page;
          context = await memory.assemble();
          expect(textOf(context, "page")).toContain(page?.content);
          loaded += 1;
        }
      }
      if (random() < 0.01) await worker.work(random());
      context = await memory.assemble();
      checkContext(context, budgets, tokenizer);
    }
    expect(loaded).toBeGreaterThan(15);

    for (let round = 0; isBatch && round < 5; round += 1) {
      await worker.work(1);
      context = await memory.assemble();
    }
    expect(textOf(context)).not.toContain("[Pending summary");
    expect(context.pendingSummaries).toBe(0);
    const pages = await watched.all();
    expect(pages.length).toBeGreaterThan(40);
    for (const { summary, content } of pages) {
      const lines = summary?.split("\n");
      expect(lines?.length).toBeGreaterThan(0);
      for (const line of content.split("\n"))
        if (line.includes("@@important@@")) expect(lines).toContain(line);
    }

    const everything = [...pages.map(({ content }) => content), textOf(context)].join("\n");
    const hidden = new Set(pages.flatMap(({ ephemeral = [] }) => ephemeral.map(({ text }) => text)));
    const said = messages.flatMap(({ content }) => content.split("\n"));
    for (const line of said) expect(everything.includes(line) || hidden.has(line), line).toBe(true);
    // What was decided in the first minutes can still be read at the end.
    const decisions = said.filter((line) => line.includes("@@important@@"));
    expect(decisions.length).toBeGreaterThan(20);
    for (const line of decisions) expect(textOf(context).split("\n")).toContain(line);
    for (const { prompt } of model.requests) expect(prompt).not.toContain("@@ephemeral@@");
  });
});
