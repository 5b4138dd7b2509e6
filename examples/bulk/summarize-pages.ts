import { BatchWorker, type BatchProvider, type BatchWorkerOptions } from "@gro/batch";
import { contentHash, enqueuePages, type DurableStore, type Page, type SummaryRequest } from "@gro/queue";
import { estimate, listPrices } from "@gro/summarizer";
import { Progress } from "./progress.js";

export interface BulkRun {
  readonly store: DurableStore;
  readonly provider: BatchProvider;
  readonly pages: readonly Page[];
  readonly request: SummaryRequest;
  /** Takes a line for people. */
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly polls?: Pick<BatchWorkerOptions, "pollIntervalMs" | "batchPollIntervalMs">;
}

export interface BulkReport {
  readonly isDrained: boolean;
  readonly summarized: number;
  readonly dead: number;
  /** What the batches of this run cost, and what the same would have cost live, in USD; 0 where no price is known. */
  readonly costUsd: number;
  readonly liveCostUsd: number;
}

/** Whether the page as it is stored has a summary of what the page says now. */
async function isDone({ pages: stored }: DurableStore, { id, content }: Page): Promise<boolean> {
  const found = await stored.read(id);
  return found?.page.summaryMeta?.contentHash === contentHash(content);
}

/** What it will take, before anything is asked. */
async function announce({ provider, request, print }: BulkRun, pages: readonly Page[]): Promise<number> {
  if (pages.length === 0) return 0;
  let [calls, live, batch] = [0, 0, 0];
  for (const { content } of pages) {
    const expected = await estimate(content, { ...request, model: { id: provider.modelId } });
    calls += expected.calls.likely;
    live += expected.costUsd?.live.likely ?? 0;
    batch += expected.costUsd?.batch?.likely ?? 0;
  }
  const tokens = pages.reduce((sum, page) => sum + page.tokens, 0);
  print(`${pages.length} files to do, about ${tokens} tokens and ${calls} calls with ${provider.modelId}`);
  if (live > 0) print(`likely cost: $${batch.toFixed(4)} in batches, $${live.toFixed(4)} live`);
  return calls;
}

/** Takes pages through batches, and tells how far that is and what it costs. What is done already is not asked again. */
export async function summarizePages(run: BulkRun): Promise<BulkReport> {
  const { store, provider, pages, request, print, signal, polls } = run;
  const flags = await Promise.all(pages.map((page) => isDone(store, page)));
  const missing = pages.filter((_page, index) => flags[index] !== true);
  print(`${pages.length} files, ${pages.length - missing.length} of them done`);
  const progress = new Progress({ pages: missing.length, calls: await announce(run, missing) });

  await enqueuePages(store, missing, request);
  const worker = new BatchWorker({ store, provider, signal, ...polls });
  worker.events.on("batchCollected", ({ succeeded, usage }) => print(progress.collected(succeeded, usage)));
  worker.events.on("itemSummarized", ({ pageId, isNew }) => {
    if (isNew) print(progress.summarized(pageId));
  });
  worker.events.on("itemDeadLettered", ({ pageId, message }) => print(`${pageId} failed: ${message}`));
  worker.events.on("paused", ({ message }) => print(`paused: ${message}`));
  const { isDrained, summarized, dead } = await worker.drain();
  await worker.stop();

  const share = listPrices(provider.modelId)?.batchShare ?? 1;
  return { isDrained, summarized, dead, costUsd: progress.costUsd, liveCostUsd: progress.costUsd / share };
}
