import { anthropic, anthropicBatch } from "@gro/anthropic";
import { BatchWorker, localBatch, type BatchProvider, type DrainReport } from "@gro/batch";
import { extractive } from "@gro/extractive";
import { openai, openaiBatch } from "@gro/openai";
import { postgresStore, type PostgresPool, type PostgresStore } from "@gro/postgres-store";
import { globalTelemetry, WorkerMetrics, type WorkerTotals } from "@gro/metrics";
import { memoryStore, type DurableStore, type QueueItem, type QueueStore } from "@gro/queue";
import { queueStoreContract, type ContractRunner } from "@gro/queue/contract";
import { summarize, tiktoken, type LanguageModel, type SummaryResult } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory, type Context } from "@gro/virtual-memory";

const own: LanguageModel = {
  id: "own:model",
  generate: (request) =>
    Promise.resolve({
      text: request.prompt.slice(0, 20),
      finishReason: "stop",
      usage: { inputTokens: 1, outputTokens: 1 },
    }),
};

export async function run(text: string): Promise<string | null> {
  const result: SummaryResult = await summarize(text, { model: extractive(), targetTokens: 40 });
  const other = await summarize(text, { model: own, targetTokens: tiktoken("gpt-4o").count(text) });
  // @ts-expect-error Types are really there: a model is no string.
  await summarize(text, { model: "gpt-4o", targetTokens: 40 });
  return result.summary ?? other.summary;
}

export const models: readonly LanguageModel[] = [
  anthropic("claude-haiku-4-5", { apiKey: "none" }),
  openai("local", { baseURL: "http://127.0.0.1:1/v1" }),
];

export const batches: readonly BatchProvider[] = [
  anthropicBatch("claude-haiku-4-5", { apiKey: "none" }),
  openaiBatch("gpt-4o-mini", { apiKey: "none" }),
];

export async function firstClaimed(store: DurableStore = memoryStore()): Promise<QueueItem | undefined> {
  const [claim] = await store.queue.claim({ limit: 1, leaseMs: 1_000 });
  // @ts-expect-error Types are really there: a claim needs a lease.
  await store.queue.claim({ limit: 1 });
  return claim?.item;
}

export function check(runner: ContractRunner, queue: QueueStore): void {
  queueStoreContract(runner, {
    isDurable: false,
    isShared: false,
    createStore: () => Promise.resolve({ store: queue }),
  });
}

export async function many(pool: PostgresPool): Promise<PostgresStore> {
  const store = postgresStore(pool, { schema: "summaries", listen: false });
  const client = await pool.connect();
  await store.queue.enqueue([{ pageId: "pg_1", contentHash: "hash" }], { client });
  client.release();
  // @ts-expect-error Types are really there: a pool takes statements.
  postgresStore({ connect: () => pool.connect() });
  return store;
}

export async function remember(said: string): Promise<Context> {
  const memory = new VirtualMemory({ store: memoryStore(), model: own });
  await memory.add({ role: "user", content: said });
  // @ts-expect-error Types are really there: a result names its call.
  await memory.add({ role: "tool", content: said });
  return memory.assemble();
}

export async function drain(): Promise<DrainReport> {
  const provider: BatchProvider = localBatch(own);
  const worker = new BatchWorker({ store: memoryStore(), provider, defaults: { targetTokens: 40 } });
  worker.events.on("itemSummarized", ({ pageId, usage }) => pageId.length + usage.calls);
  // @ts-expect-error There is no such event.
  worker.events.on("itemLost", () => undefined);
  const report = await worker.drain();
  await worker[Symbol.asyncDispose]();
  return report;
}

export async function count(worker: BatchWorker): Promise<WorkerTotals> {
  const metrics = new WorkerMetrics({ telemetry: await globalTelemetry() });
  const stop: () => void = metrics.follow(worker);
  stop();
  // @ts-expect-error Types are really there: a limit is a number of milliseconds.
  metrics.health("5 min");
  return metrics.totals();
}

export { scriptedModel };
