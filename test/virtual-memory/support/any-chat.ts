import fc from "fast-check";
import { memoryStore } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { VirtualMemory, type ChatMessage, type Context, type MemoryPage } from "@gro/virtual-memory";
import { expect } from "vitest";
import { seededRandom } from "../../support/prose.js";
import { watchPages, wholeContents } from "./all-pages.js";
import { chat, linesOfChat } from "./chats.js";
import { checkContext } from "./check-context.js";
import { handWorker } from "./hand-worker.js";

const tokenizer = approximate();

/** Chats, budgets and circumstances of all kinds. */
export function anyChat(mostMessages: number, words: readonly number[]) {
  return fc.record({
    seed: fc.nat(),
    messages: fc.integer({ min: 1, max: mostMessages }),
    words: fc.constantFrom(...words),
    workingMemoryTokens: fc.integer({ min: 1_000, max: 6_000 }),
    pageSlotTokens: fc.integer({ min: 400, max: 4_000 }),
    minRecentPerLane: fc.integer({ min: 0, max: 8 }),
    isBatch: fc.boolean(),
    behaviour: fc.constantFrom("obedient", "terse", "verbose"),
  });
}

type AnyChat = ReturnType<typeof anyChat> extends fc.Arbitrary<infer Value> ? Value : never;

function textsOf(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap((message) => [
    message.content,
    ...(message.role === "assistant" ? (message.toolCalls ?? []).map((call) => call.arguments) : []),
  ]);
}

function checkNothingLost(messages: readonly ChatMessage[], context: Context, pages: readonly MemoryPage[]) {
  const everything = [...textsOf(context.messages), ...wholeContents(pages)].join("\n");
  const hidden = new Set(pages.flatMap(({ ephemeral = [] }) => ephemeral.map(({ text }) => text)));
  for (const line of linesOfChat(messages)) {
    expect(everything.includes(line) || hidden.has(line), `lost: ${line.slice(0, 60)}`).toBe(true);
  }
}

/** In each page of messages a call and its result stand together. */
function checkPairsInPages(pages: readonly MemoryPage[]) {
  for (const { content, lane, label } of pages) {
    if (lane !== "tool" || !label.startsWith("tool lane")) continue;
    const calls = content.match(/(?<=^\[call )\S+/gmu) ?? [];
    const results = content.match(/(?<=^\[result of )[^\]]+/gmu) ?? [];
    expect([...results].sort()).toEqual([...calls].sort());
  }
}

function checkSummaries(pages: readonly MemoryPage[]) {
  for (const page of pages) {
    expect(page.summary, `no summary in ${page.label}`).toBeDefined();
    const lines = page.summary?.split("\n") ?? [];
    for (const line of page.content.split("\n")) {
      if (line.includes("@@important@@")) expect(lines).toContain(line);
    }
  }
}

/** Lives through a chat, with restarts, requests for pages and a worker that comes when it likes, and checks everything at every turn. */
export async function liveThrough(given: AnyChat): Promise<void> {
  const { seed, messages: count, words, isBatch, behaviour, ...budgets } = given;
  const random = seededRandom(seed);
  const watched = watchPages(memoryStore());
  const model = scriptedModel({ behaviour, tokenizer });
  const worker = handWorker(watched.store, model, tokenizer, random);
  const options = {
    ...{ store: watched.store, tokenizer, clock: virtualClock(), model, ...budgets },
    enableBatchSummarization: isBatch,
  };
  let memory = new VirtualMemory(options);
  const assemble = async () => {
    const context = await memory.assemble();
    checkContext(context, budgets, tokenizer);
    return context;
  };

  const messages = chat({ seed, messages: count, words, important: 0.01 });
  let context = await assemble();
  for (const message of messages) {
    const refs = context.parts.flatMap(({ pageId }) => pageId ?? []);
    const ref = refs[Math.floor(random() * refs.length)];
    const isRef = message.role === "assistant" && ref !== undefined && random() < 0.2;
    await memory.add(isRef ? { ...message, content: `${message.content}\n@@ref('${ref}')@@` } : message);
    if (random() < 0.1) await worker.work(random());
    if (random() < 0.05) {
      memory = VirtualMemory.fromState(JSON.parse(JSON.stringify(memory.toState())), options);
    }
    context = await assemble();
  }
  const written = await watched.all();
  checkNothingLost(messages, context, written);
  checkPairsInPages(written);
  for (const { prompt } of model.requests) expect(prompt).not.toContain("@@ephemeral@@");
  for (const { content } of written) expect(content).not.toContain("@@ephemeral@@");

  // In the end every page has its summary, and no placeholder is left.
  for (let round = 0; round < 20; round += 1) {
    if (isBatch) await worker.work(1);
    else await memory.settle();
    context = await assemble();
  }
  expect(context.parts.filter(({ kind }) => kind === "placeholder")).toEqual([]);
  expect(context.pendingSummaries).toBe(0);
  const pages = await watched.all();
  checkSummaries(pages);

  const asked = pages[Math.floor(random() * pages.length)];
  if (asked === undefined) return;
  memory.ref(asked.id);
  const shown = (await assemble()).parts.find(({ kind, pageId }) => kind === "page" && pageId === asked.id);
  const isWhole = shown?.message.content.includes(asked.content) ?? false;
  expect(isWhole || tokenizer.count(asked.content) > budgets.pageSlotTokens - 100).toBe(true);
}
