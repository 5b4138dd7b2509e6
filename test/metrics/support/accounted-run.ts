import { BatchWorker, type BatchProvider, type BatchWorkerOptions } from "@gro/batch";
import { WorkerMetrics, type Telemetry } from "@gro/metrics";
import { enqueuePages, memoryStore, type DurableStore } from "@gro/queue";
import { summarize, type LanguageModel, type Memo } from "@gro/summarizer";
import { onTestFinished } from "vitest";
import type { Start } from "../../batch/support/emulated.js";
import { pageOf, tokenizer } from "../../batch/support/scene.js";
import type { BatchSettings, Cue } from "../../emulators/index.js";
import { prose } from "../../support/prose.js";

const SETTINGS = { targetTokens: 60, chunkSize: 256, tokenMax: 600 } as const;
const PAGES = 6;

export const contents = Array.from({ length: PAGES }, (_, page) => prose(page < 3 ? 90 : 700, page + 1));

export interface RunOptions {
  readonly cue?: Cue | undefined;
  readonly batches?: Partial<BatchSettings>;
  readonly telemetry?: Telemetry;
}

/** Pages in a queue, an emulated provider, and workers whose figures are compared with the provider's own. */
export async function startRun(start: Start, { cue, batches, telemetry }: RunOptions = {}) {
  const { server, provider, live } = await start({
    ...(cue && { cue }),
    batches: { endsAfterLooks: 2, ...batches },
  });
  onTestFinished(() => server.close());
  const store: DurableStore = memoryStore();
  await enqueuePages(
    store,
    contents.map((content, page) => pageOf(`page-${page}`, content)),
  );
  /** As a process of its own would have them. */
  const process = (options: Partial<BatchWorkerOptions> = {}) => {
    const worker = workerOn(store, provider, options);
    const metrics = new WorkerMetrics({ store, telemetry });
    metrics.follow(worker);
    return { worker, metrics };
  };
  return { server, provider, live, store, process };
}

function workerOn(store: DurableStore, provider: BatchProvider, options: Partial<BatchWorkerOptions>) {
  return new BatchWorker({
    ...{ store, provider, tokenizer, defaults: SETTINGS },
    ...{ pollIntervalMs: 15, batchPollIntervalMs: 15, orphanGraceMs: 300, pauseMs: 100 },
    ...options,
  });
}

/** The step keys that a summary of the content is made of: those that a live run asks the memo for. */
export async function keysOf(content: string, memo: Memo, live: LanguageModel): Promise<Set<string>> {
  const keys = new Set<string>();
  const watched: Memo = {
    get: (key) => {
      keys.add(key);
      return memo.get(key);
    },
    set: (...given) => memo.set(...given),
  };
  const model: LanguageModel = {
    id: live.id,
    ...(live.contextTokens !== undefined && { contextTokens: live.contextTokens }),
    generate: () => Promise.reject(new Error("All of it is in the memo.")),
  };
  await summarize(content, { ...SETTINGS, model, tokenizer, memo: watched });
  return keys;
}
