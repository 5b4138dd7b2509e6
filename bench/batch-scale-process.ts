import { anthropicBatch } from "@gro/anthropic";
import { BatchWorker } from "@gro/batch";
import { fileStore } from "@gro/file-store";
import { enqueuePages, type Page } from "@gro/queue";
import { tiktoken } from "@gro/summarizer";
import { prose } from "../test/support/prose.js";

/**
 * Runs in a process of its own, because peak memory and processor time belong to a process. `host` queues pages, `worker` summarizes
 * them, `idle` only loads what a worker loads. Prints one JSON object.
 */
const [mode, directory = "", ...words] = process.argv.slice(2);
const WORDS_OF_PAGE = 700;
const SAVED_AT_ONCE = 1_000;

function pageOf(index: number, text: string): Page {
  const content = `Page ${index}. ${text}`;
  const id = `pg_${String(index).padStart(12, "0")}`;
  return {
    id,
    label: `page ${index}`,
    content,
    createdAt: "2026-11-01T00:00:00Z",
    messageCount: 8,
    tokens: 900,
  };
}

async function host(count: number): Promise<object> {
  const store = fileStore(directory);
  const texts = Array.from({ length: 200 }, (_, index) => prose(WORDS_OF_PAGE, index + 1));
  for (let start = 0; start < count; start += SAVED_AT_ONCE) {
    const pages = Array.from({ length: Math.min(SAVED_AT_ONCE, count - start) }, (_, offset) =>
      pageOf(start + offset, texts[(start + offset) % texts.length] ?? ""),
    );
    // Room enough for every answer: one that is too long would be shortened by another call.
    await enqueuePages(store, pages, { targetTokens: 200 });
  }
  await store.close();
  return {};
}

async function worker(url: string, apiKey: string): Promise<object> {
  const store = fileStore(directory);
  const provider = anthropicBatch("claude-haiku-4-5", { apiKey, baseURL: url });
  const startedAt = performance.now();
  const running = new BatchWorker({ store, provider, batchPollIntervalMs: 200, pollIntervalMs: 200 });
  let summarized = 0;
  let batches = 0;
  running.events.on("itemSummarized", () => (summarized += 1));
  running.events.on("batchSubmitted", () => (batches += 1));
  await running.drain();
  const wallMs = performance.now() - startedAt;
  await running.stop();
  await store.close();
  return { summarized, batches, wallMs };
}

function figures(): object {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 };
}

const [first = "", second = ""] = words;
const done =
  mode === "host" ? await host(Number(first)) : mode === "worker" ? await worker(first, second) : {};
if (mode === "idle") tiktoken("o200k_base").count("Loaded.");
console.log(JSON.stringify({ ...done, ...figures() }));
