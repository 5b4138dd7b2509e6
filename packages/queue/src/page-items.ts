import type { DurableStore } from "./ports/durable-store.js";
import type { ReadPage } from "./ports/page-store.js";
import type { EnqueueOutcome, NewQueueItem, QueueStore } from "./ports/queue-store.js";
import type { SummaryRequest } from "./summary-request.js";

/** A page that waits for its summary. */
export interface EnqueuedPage {
  /** As `EnqueueOutcome` says. */
  readonly kind: EnqueueOutcome["kind"];
  readonly pageId: string;
  readonly itemId: string;
  /** Of the content that is queued. */
  readonly contentHash: string;
}

/** The parts of a store that take in pages. */
export interface PageIntake extends Pick<DurableStore, "pages"> {
  readonly queue: Pick<QueueStore, "enqueue">;
}

/** What is queued for a page that was just read or saved under `pageId`. */
export function newItemFor(
  pageId: string,
  { page, contentHash }: ReadPage,
  request: SummaryRequest,
): NewQueueItem {
  const { label, lane } = page;
  // Pages of hosts lie in files that anybody can write: one with an odd label must not keep the others out.
  return {
    ...{ pageId, contentHash, request },
    label: typeof label === "string" ? label : "",
    lane: typeof lane === "string" ? lane : null,
  };
}

/** Queues the items of pages; answers in their order. */
export async function enqueueItems(
  queue: PageIntake["queue"],
  items: readonly NewQueueItem[],
): Promise<EnqueuedPage[]> {
  const outcomes = await queue.enqueue(items);
  return items.flatMap(({ pageId, contentHash }, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : { kind: outcome.kind, pageId, itemId: outcome.id, contentHash };
  });
}

/** Waits for all of them to end, so that nothing is still being written when the caller hears of a failure. */
export async function allOf<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
