import { reasonOf } from "@gro/summarizer/executor";
import type { NewQueueItem, PageStore, SummaryRequest } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import { modelTarget } from "./complete-summary.js";
import type { PageEntry } from "./page-entry.js";

async function itemOf(
  workshop: Workshop,
  pages: PageStore,
  entry: PageEntry,
  request: SummaryRequest,
): Promise<NewQueueItem | undefined> {
  const { limits } = workshop;
  const found = await pages.read(entry.pageId);
  // What is gone is found out, and told, when its summary is looked for.
  if (found === undefined) return undefined;
  const source = { content: found.page.content, isFolded: entry.pageCount > 0 };
  const targetTokens = modelTarget(source, limits, workshop.counter());
  const { pageId, label, lane } = entry;
  return { pageId, contentHash: found.contentHash, label, lane, request: { ...request, targetTokens } };
}

/**
 * Puts the entries' pages into the queue. What fails is told and tried again with the next call.
 * @param request how they are to be summarized, but for the target
 */
export async function enqueueEntries(
  workshop: Workshop,
  entries: readonly PageEntry[],
  request: SummaryRequest,
): Promise<void> {
  if (entries.length === 0) return;
  const { teller } = workshop;
  try {
    const { pages, queue } = await workshop.store();
    const planned = await Promise.all(
      entries.map(async (entry) => ({ entry, item: await itemOf(workshop, pages, entry, request) })),
    );
    await queue?.enqueue(planned.flatMap(({ item }) => item ?? []));
    for (const { entry } of planned) entry.isQueued = true;
    teller.emit("queued", { pageIds: entries.map(({ pageId }) => pageId) });
  } catch (error) {
    teller.warn("page_queue_failed", `Pages could not be queued: ${reasonOf(error)}`);
  }
}
