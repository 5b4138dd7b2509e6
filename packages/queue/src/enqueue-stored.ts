import { checkRequest } from "./check-request.js";
import { StoreError } from "./errors/store-error.js";
import { inBatches } from "./in-batches.js";
import { allOf, enqueueItems, newItemFor, type EnqueuedPage, type PageIntake } from "./page-items.js";
import type { NewQueueItem } from "./ports/queue-store.js";
import type { SummaryRequest } from "./summary-request.js";

/** A page that could not be queued. */
export interface PageNotEnqueued {
  /** `missing`: the store has no such page. `unreadable`: what it has is no page, or the id is none. */
  readonly kind: "missing" | "unreadable";
  readonly pageId: string;
  /** `code` is stable: `page_missing`, or the code of the `StoreError`. The message is for people. Never content. */
  readonly reason: { readonly code: string; readonly message: string };
}

export type EnqueueStoredOutcome = EnqueuedPage | PageNotEnqueued;

/**
 * Puts pages that are in the store already into the queue, with the content that they have now. The outcome at an index belongs to the
 * id at this index, and pages are queued in their order; one that cannot be queued does not keep the others out. Rejects only
 * when the store fails as a whole: a part may be queued then, and the same call again does no harm.
 *
 * @param request how all of them are to be summarized. @default {}: the worker's own settings
 * @throws InvalidOptionError for a request that makes no plan, before anything is queued.
 */
export async function enqueueStored(
  { pages, queue }: PageIntake,
  pageIds: readonly string[],
  request: SummaryRequest = {},
): Promise<readonly EnqueueStoredOutcome[]> {
  checkRequest(request);
  return inBatches(pageIds, async (batch) => {
    const found = await allOf(batch.map((pageId) => look(pages, pageId, request)));
    const items = found.filter((outcome): outcome is NewQueueItem => !("kind" in outcome));
    const enqueued = (await enqueueItems(queue, items)).values();
    return found.flatMap((outcome) => ("kind" in outcome ? outcome : (enqueued.next().value ?? [])));
  });
}

async function look(
  pages: PageIntake["pages"],
  pageId: string,
  request: SummaryRequest,
): Promise<NewQueueItem | PageNotEnqueued> {
  try {
    const page = await pages.read(pageId);
    if (page !== undefined) return newItemFor(pageId, page, request);
    const message = `There is no page ${pageId}.`;
    return { kind: "missing", pageId, reason: { code: "page_missing", message } };
  } catch (error) {
    if (!StoreError.isInstance(error)) throw error;
    const { code, message } = error;
    if (code !== "invalid_page_id" && code !== "page_unreadable") throw error;
    return { kind: "unreadable", pageId, reason: { code, message } };
  }
}
