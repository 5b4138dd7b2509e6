import { BatchWorker, type BatchProvider, type BatchWorkerEvents, type BatchWorkerOptions } from "@gro/batch";
import { contentHash, memoryStore, type DurableStore, type Page, type SummaryRequest } from "@gro/queue";
import { approximate, type Clock } from "@gro/summarizer";
import { virtualClock } from "@gro/summarizer/testing";
import { scriptedBatches, type ScriptedBatches, type ScriptedBatchesOptions } from "./scripted-batches.js";

/** Everything that a worker deals with, in memory and at a time of the test's choosing. */
export interface Scene {
  readonly clock: Clock;
  /** Passes time. */
  advance(milliseconds: number): Promise<void>;
  readonly store: DurableStore;
  readonly provider: ScriptedBatches;
  /** Saves a page and queues it. */
  add(id: string, content: string, request?: SummaryRequest): Promise<void>;
  /** Saves a page without queueing it, as a host does who edits it. */
  save(id: string, content: string): Promise<void>;
  worker(options?: Partial<BatchWorkerOptions>): BatchWorker;
  /** Ticks and passes time until nothing is queued, at most so often. Answers the number of ticks. */
  runToEnd(worker: BatchWorker, mostTicks?: number): Promise<number>;
  page(id: string): Promise<Page | undefined>;
  /** The codes of all dead letters by page. */
  deaths(): Promise<Record<string, string>>;
}

export const tokenizer = approximate();

/** Batches end after a minute and are asked about every minute. */
export const MINUTE = 60_000;

export function pageOf(id: string, content: string): Page {
  return {
    id,
    label: id,
    content,
    createdAt: "2026-01-01T00:00:00.000Z",
    messageCount: 1,
    tokens: tokenizer.count(content),
  };
}

export interface SceneSettings {
  readonly provider?: BatchProvider;
  readonly defaults?: BatchWorkerOptions["defaults"];
  readonly clock?: Clock & { advance(milliseconds: number): void | Promise<void> };
}

export function makeScene(
  script: Omit<ScriptedBatchesOptions, "clock"> = {},
  settings: SceneSettings = {},
): Scene {
  const clock = settings.clock ?? virtualClock();
  let ids = 0;
  const store = memoryStore({ clock, randomId: () => `token-${(ids += 1)}` });
  const provider = scriptedBatches({ ...script, clock });
  const scene: Scene = {
    clock,
    advance: async (milliseconds) => clock.advance(milliseconds),
    store,
    provider,
    async add(id, content, request) {
      await scene.save(id, content);
      await store.queue.enqueue([
        { pageId: id, contentHash: contentHash(content), ...(request && { request }) },
      ]);
    },
    async save(id, content) {
      await store.pages.save(pageOf(id, content));
    },
    worker(options = {}) {
      let refs = 0;
      const name = (ids += 1);
      return new BatchWorker({
        ...{ store, provider: settings.provider ?? provider, clock, tokenizer },
        ...{ pollIntervalMs: MINUTE, batchPollIntervalMs: MINUTE, random: () => 0.5 },
        randomId: () => `ref-${name}-${(refs += 1)}`,
        defaults: settings.defaults ?? { targetTokens: 60, chunkSize: 256, tokenMax: 600 },
        ...options,
      });
    },
    async runToEnd(worker, mostTicks = 100) {
      for (let ticks = 1; ticks <= mostTicks; ticks += 1) {
        await worker.tick();
        const { ready, waiting, claimed } = await store.queue.stats();
        if (ready + waiting + claimed === 0) return ticks;
        await scene.advance(MINUTE);
      }
      throw new Error(`Not everything has ended after ${mostTicks} ticks.`);
    },
    async page(id) {
      return (await store.pages.read(id))?.page;
    },
    async deaths() {
      const letters = await store.queue.deadLetters();
      return Object.fromEntries(letters.map(({ item, reason }) => [item.pageId, reason.code]));
    },
  };
  return scene;
}

/** All events of a worker as they come, by name. */
export function listenTo(worker: BatchWorker): {
  readonly [Name in keyof BatchWorkerEvents]: BatchWorkerEvents[Name][0][];
} {
  const heard = {
    tickDone: [],
    batchReserved: [],
    batchSubmitted: [],
    batchSubmissionUnknown: [],
    batchRefused: [],
    batchAdopted: [],
    batchRuledOut: [],
    batchCanceled: [],
    batchCollected: [],
    batchClosed: [],
    resultAnomaly: [],
    answerRejected: [],
    itemSummarized: [],
    itemDeadLettered: [],
    paused: [],
    resumed: [],
    error: [],
  } as { [Name in keyof BatchWorkerEvents]: BatchWorkerEvents[Name][0][] };
  for (const name of Object.keys(heard) as (keyof BatchWorkerEvents)[]) {
    worker.events.on(name, (...told: unknown[]) => (heard[name] as unknown[]).push(told[0]));
  }
  return heard;
}
