import assert from "node:assert/strict";
import { anthropic, anthropicBatch } from "@gro/anthropic";
import { BatchWorker, localBatch } from "@gro/batch";
import { extractive } from "@gro/extractive";
import { openai, openaiBatch } from "@gro/openai";
import { postgresStore } from "@gro/postgres-store";
import { contentHash, enqueuePages, memoryStore } from "@gro/queue";
import { queueStoreContract } from "@gro/queue/contract";
import { summarize, tiktoken } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory } from "@gro/virtual-memory";
import { globalTelemetry, WorkerMetrics } from "@gro/metrics";

const text = "The lighthouse stands on the northern cape. It has a lamp of glass and brass. ".repeat(40);

// One encoding is loaded by itself at the first count, the other one by `load`.
assert.equal(tiktoken("cl100k_base").count("hello world"), 2);
const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
assert.equal(tokenizer.count("hello world"), 2);

const result = await summarize(text, { model: extractive(), targetTokens: 40 });
assert.ok(result.summary !== null && result.summary.length > 0);
assert.ok(tokenizer.count(result.summary) <= 40);

{
  const store = memoryStore();
  await store.pages.save({
    id: "page",
    label: "",
    content: text,
    createdAt: "",
    messageCount: 1,
    tokens: 700,
  });
  await store.queue.enqueue([{ pageId: "page", contentHash: contentHash(text) }]);
  const worker = new BatchWorker({
    store,
    provider: localBatch(extractive()),
    defaults: { targetTokens: 40 },
  });
  const metrics = new WorkerMetrics({ store, telemetry: await globalTelemetry() });
  metrics.follow(worker);
  assert.deepEqual((await worker.drain()).summarized, 1);
  assert.match(await metrics.prometheusText(), /^gro_queue_items\{state="ready"\} 0$/mu);
  assert.equal(metrics.totals().pages.summarized, 1);
  await worker.stop();
  assert.ok((await store.pages.read("page")).page.summary.length > 0);
}

assert.equal(anthropic("claude-haiku-4-5", { apiKey: "none" }).id, "anthropic:claude-haiku-4-5");
assert.equal(openai("gpt-4o-mini", { apiKey: "none" }).id, "openai:gpt-4o-mini");
assert.equal(anthropicBatch("claude-haiku-4-5", { apiKey: "none" }).limits.maxRequests, 100_000);
assert.equal(openaiBatch("gpt-4o-mini", { apiKey: "none" }).modelId, "openai:gpt-4o-mini");
assert.equal(typeof scriptedModel, "function");

const store = memoryStore();
const page = {
  id: "pg_1",
  label: "",
  content: text,
  createdAt: "2026-01-01T00:00:00Z",
  messageCount: 1,
  tokens: 9,
};
const [queued] = await enqueuePages(store, [page]);
assert.equal(queued.contentHash, contentHash(text));
const cases = [];
const createStore = async (environment) => ({ store: memoryStore(environment).queue });
queueStoreContract(
  { describe: (_name, body) => body(), it: (_name, body) => cases.push(body) },
  { createStore },
);
await cases[0]();

const memory = new VirtualMemory({ store: memoryStore(), model: extractive(), workingMemoryTokens: 1_000 });
await memory.add({ role: "user", content: text.repeat(4) });
assert.match((await memory.assemble()).messages[0].content, /@@ref\('pg_[0-9a-f]{12}'\)@@/u);
// The driver is loaded by the first call, and there is no server.
const database = postgresStore("postgres://nobody@127.0.0.1:1/none");
await assert.rejects(database.queue.stats(), { code: "store_failed", isRetryable: true });
await database.close();
console.log("every entry point works");
