import { checkPageId } from "./check-page-id.js";
import { itemIdOf } from "./content-hash.js";
import { StoreError } from "./errors/store-error.js";
import { plainCopy } from "./plain-copy.js";
import type { NewQueueItem, QueueItem } from "./ports/queue-store.js";
import type { SummaryRequest } from "./summary-request.js";

/**
 * The item that a queue store keeps for what a host gave it: checked, with every default filled in, sharing nothing with it.
 * Stores make all items of an `enqueue` by this before they keep the first one.
 *
 * @param queuedAt milliseconds since the epoch
 * @throws StoreError `invalid_page_id`, or `invalid_item` for a content hash or a request that is none.
 */
export function queueItemOf(given: NewQueueItem, queuedAt: number): QueueItem {
  if (!isObject(given)) throw noItem(given, "an item must be an object with pageId and contentHash");
  const pageId = checkPageId(given.pageId);
  const { contentHash, label = "", lane = null, request } = given;
  if (typeof contentHash !== "string" || contentHash === "") throw invalid(pageId, "contentHash", "a hash");
  if (typeof label !== "string") throw invalid(pageId, "label", "a string");
  if (lane !== null && typeof lane !== "string") throw invalid(pageId, "lane", "a string or null");
  const id = itemIdOf(pageId, contentHash);
  return { id, pageId, contentHash, label, lane, queuedAt, request: requestOf(pageId, request) };
}

function requestOf(pageId: string, request: SummaryRequest | undefined): SummaryRequest {
  // Most items have none, and copying nothing takes as long as all other checks.
  if (request === undefined) return {};
  if (typeof request !== "object" || request === null) throw invalid(pageId, "request", "an object");
  return plainCopy(request);
}

/** @throws StoreError `invalid_item` for what is no list of items */
export function checkItems(given: unknown): void {
  if (!Array.isArray(given)) throw noItem(given, "the items must be a list");
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function noItem(given: unknown, expected: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `Nothing can be queued: ${expected}, and ${given === null ? "null" : `a value of type ${typeof given}`} was given.`,
  });
}

function invalid(pageId: string, field: string, expected: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `The item of page ${pageId} cannot be queued: its ${field} must be ${expected}.`,
    context: { pageId, field },
  });
}
