import { checkPageId } from "./check-page-id.js";
import { checkRequest } from "./check-request.js";
import { StoreError } from "./errors/store-error.js";
import { inBatches } from "./in-batches.js";
import { allOf, enqueueItems, newItemFor, type EnqueuedPage, type PageIntake } from "./page-items.js";
import type { Page } from "./page.js";
import type { PageStore, ReadPage } from "./ports/page-store.js";
import type { SummaryRequest } from "./summary-request.js";

/**
 * Saves pages, then puts them into the queue. A page whose content is stored already is left as it is, its summary included.
 * The outcome at an index belongs to the page at this index, and pages are queued in their order. When it has resolved, all of them
 * are durable. When it rejects, a part may be queued already: the same call again does no harm, as a page is held once.
 *
 * @param request how all of them are to be summarized. @default {}: the worker's own settings
 * @throws StoreError `invalid_page_id`, or `invalid_item` for two pages with one id, or for what is no page: all before anything is
 * saved.
 * @throws InvalidOptionError for a request that makes no plan, before anything is saved.
 */
export async function enqueuePages(
  { pages: store, queue }: PageIntake,
  pages: readonly Page[],
  request: SummaryRequest = {},
): Promise<readonly EnqueuedPage[]> {
  checkIds(pages);
  checkRequest(request);
  return inBatches(pages, async (batch) => {
    // In the order of their ids, so that no two transactions wait for each other's pages.
    const byId = [...batch.entries()].sort(([, left], [, right]) => (left.id < right.id ? -1 : 1));
    const saved = await allOf(
      byId.map(async ([index, page]) => {
        const item = newItemFor(page.id, await saveUnlessThere(store, page), request);
        return [index, item] as const;
      }),
    );
    return enqueueItems(
      queue,
      saved.sort(([left], [right]) => left - right).map(([, item]) => item),
    );
  });
}

/**
 * A page that says the same already stays as it is: saving it again would take away a summary that has just been written, and no
 * item would be left to write it anew.
 */
async function saveUnlessThere(store: PageStore, page: Page): Promise<ReadPage> {
  const stored = await store.read(page.id).catch(() => undefined);
  if (stored === undefined || stored.page.content !== page.content) return store.save(page);
  return { page, contentHash: stored.contentHash };
}

function checkIds(pages: readonly Page[]): void {
  const ids = new Set<string>();
  for (const page of pages) {
    const given: unknown = page;
    if (typeof given !== "object" || given === null) throw noPage(given);
    const pageId = checkPageId(page.id);
    if (ids.has(pageId)) {
      throw new StoreError({
        code: "invalid_item",
        message: `Two of the pages have the id ${pageId}: which of them is the page?`,
        context: { pageId },
      });
    }
    ids.add(pageId);
  }
}

function noPage(given: unknown): StoreError {
  const shown = given === null ? "null" : typeof given;
  return new StoreError({
    code: "invalid_item",
    message: `A page must be an object with id and content, and ${shown} was given.`,
  });
}
