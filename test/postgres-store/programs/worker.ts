import { anthropicBatch } from "@gro/anthropic";
import { BatchWorker } from "@gro/batch";
import { approximate } from "@gro/summarizer";
import { openStore, readSettings } from "./settings.js";

/** A worker in a hurry. */
const settings = readSettings();
const store = openStore(settings);

const worker = new BatchWorker({
  store,
  provider: anthropicBatch("claude-haiku-4-5", { apiKey: settings.key, baseURL: settings.url }),
  tokenizer: approximate(),
  pollIntervalMs: 200,
  batchPollIntervalMs: 200,
  orphanGraceMs: 1_500,
  leaseMs: 2_000,
  batchSize: settings.batchSize ?? 60,
  parkMs: 3_000,
  maxLapses: 1_000,
});
worker.events.on("error", ({ doing, message }) => process.stderr.write(`${doing}: ${message}\n`));
if (settings.drains === true) {
  await worker.drain();
  await worker.stop();
  await store.close();
} else {
  worker.start();
}
