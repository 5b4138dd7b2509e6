import { expect, onTestFinished } from "vitest";
import { anthropic, anthropicBatch } from "@gro/anthropic";
import { BatchWorker, type BatchProvider, type BatchWorkerOptions } from "@gro/batch";
import { openai, openaiBatch } from "@gro/openai";
import { enqueuePages, memoryStore, type DurableStore } from "@gro/queue";
import { summarize } from "@gro/summarizer";
import {
  startAnthropic,
  startOpenAI,
  type AnthropicEmulator,
  type BatchSettings,
  type Cue,
  type OpenAIEmulator,
} from "../../emulators/index.js";
import { prose } from "../../support/prose.js";
import { listenTo, pageOf, tokenizer } from "./scene.js";

const SETTINGS = { targetTokens: 60, chunkSize: 256, tokenMax: 600 } as const;
export const PAGES = 6;

interface Told {
  readonly server: AnthropicEmulator | OpenAIEmulator;
  readonly provider: BatchProvider;
  readonly live: ReturnType<typeof anthropic>;
}

export type Start = (options: {
  readonly cue?: Cue;
  readonly batches?: Partial<BatchSettings>;
}) => Promise<Told>;

export const startClaude: Start = async (options) => {
  const server = await startAnthropic(options);
  const settings = { apiKey: server.key, baseURL: server.url };
  return {
    server,
    provider: anthropicBatch("claude-haiku-4-5", settings),
    live: anthropic("claude-haiku-4-5", settings),
  };
};

const startGpt: Start = async (options) => {
  const server = await startOpenAI(options);
  const settings = { apiKey: server.key, baseURL: `${server.url}/v1` };
  return { server, provider: openaiBatch("gpt-4o-mini", settings), live: openai("gpt-4o-mini", settings) };
};

const contents = Array.from({ length: PAGES }, (_, page) => prose(page < 3 ? 90 : 700, page + 1));

/** Puts pages into a queue, and lets a worker drain it through an emulated provider. */
export async function drainThrough(
  start: Start,
  cue: Cue | undefined,
  batches: Partial<BatchSettings>,
  options: Partial<BatchWorkerOptions> = {},
) {
  const told = await start({ ...(cue && { cue }), batches: { endsAfterLooks: 2, ...batches } });
  onTestFinished(() => told.server.close());
  const store: DurableStore = memoryStore();
  await enqueuePages(
    store,
    contents.map((content, page) => pageOf(`page-${page}`, content)),
  );
  const worker = new BatchWorker({
    ...{ store, provider: told.provider, tokenizer, defaults: SETTINGS },
    ...{ pollIntervalMs: 15, batchPollIntervalMs: 15, orphanGraceMs: 300, pauseMs: 100 },
    ...options,
  });
  const events = listenTo(worker);
  return { ...told, store, worker, events, drained: worker.drain() };
}

export const PROVIDERS: readonly (readonly [string, Start])[] = [
  ["Anthropic", startClaude],
  ["OpenAI", startGpt],
];

export const CREATE = /\/batches$/u;

/** Every page has the summary that live calls give, all was done in batches, and no request was answered twice. */
export async function expectAllDone({
  store,
  server,
  live,
  drained,
}: Awaited<ReturnType<typeof drainThrough>>) {
  expect(await drained).toMatchObject({ isDrained: true, summarized: PAGES, dead: 0 });
  expect(server.billing.bills.every(({ batch }) => batch !== undefined)).toBe(true);
  const hashes = server.billing.bills.map(({ bodyHash }) => bodyHash);
  expect(new Set(hashes).size).toBe(hashes.length);
  for (const [page, content] of contents.entries()) {
    const expected = await summarize(content, { ...SETTINGS, model: live, tokenizer });
    expect((await store.pages.read(`page-${page}`))?.page.summary).toBe(expected.summary);
  }
}
