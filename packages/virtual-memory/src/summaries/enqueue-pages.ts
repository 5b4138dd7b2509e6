import { reasonOf } from "@gro/summarizer/executor";
import type { NewQueueItem, PageStore, SummaryRequest } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import { modelTarget, sourceOf } from "./complete-summary.js";
import type { PageEntry } from "./page-entry.js";

/** Pages read at once. */
const AT_ONCE = 32;

interface PlannedItem {
  readonly entry: PageEntry;
  /** `undefined` for a page that is gone: that is found out, and told, when its summary is looked for. */
  readonly item: NewQueueItem | undefined;
}

/** `undefined` for a page that cannot be read: it keeps no other page from the queue. */
async function plan(
  workshop: Workshop,
  pages: PageStore,
  entry: PageEntry,
  request: SummaryRequest,
): Promise<PlannedItem | undefined> {
  const { pageId, label, lane } = entry;
  try {
    const found = await pages.read(pageId);
    if (found === undefined) return { entry, item: undefined };
    const targetTokens = modelTarget(sourceOf(workshop, entry, found), workshop.limits);
    const { contentHash } = found;
    return { entry, item: { pageId, contentHash, label, lane, request: { ...request, targetTokens } } };
  } catch (error) {
    const message = `A page could not be read to be queued: ${reasonOf(error)}`;
    workshop.teller.warn("page_queue_failed", message, pageId);
    return undefined;
  }
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
  const { teller } = workshop;
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    try {
      const { pages, queue } = await workshop.store();
      const some = entries.slice(start, start + AT_ONCE);
      const planned = await Promise.all(some.map((entry) => plan(workshop, pages, entry, request)));
      const ready = planned.filter((item) => item !== undefined);
      if (ready.length === 0) continue;
      await queue?.enqueue(ready.flatMap(({ item }) => item ?? []));
      for (const { entry } of ready) entry.isQueued = true;
      teller.emit("queued", { pageIds: ready.map(({ entry }) => entry.pageId) });
    } catch (error) {
      teller.warn("page_queue_failed", `Pages could not be queued: ${reasonOf(error)}`);
      return;
    }
  }
}
