import { contentHash } from "../../content-hash.js";
import type { Claim, NewQueueItem, QueueStore } from "../../ports/queue-store.js";

/** An item to be queued for the page `pageId`. */
export function item(pageId: string, rest: Partial<NewQueueItem> = {}): NewQueueItem {
  return { pageId, contentHash: contentHash(`what page ${pageId} says`), label: `Page ${pageId}`, ...rest };
}

/** `count` items: `a-0`, `a-1`, … */
export function items(count: number, prefix = "a"): NewQueueItem[] {
  return Array.from({ length: count }, (_, index) => item(`${prefix}-${index}`));
}

export function pageIds(claims: readonly { readonly item: { readonly pageId: string } }[]): string[] {
  return claims.map((claim) => claim.item.pageId);
}

/** Claims everything that is claimable. */
export function claimAll(queue: QueueStore, leaseMs: number): Promise<readonly Claim[]> {
  return queue.claim({ limit: 10_000, leaseMs });
}

/** Puts one item in and claims it. */
export async function claimedItem(queue: QueueStore, leaseMs: number, pageId = "a"): Promise<Claim> {
  await queue.enqueue([item(pageId)]);
  return claimOne(queue, leaseMs);
}

/** Claims the next item. */
export async function claimOne(queue: QueueStore, leaseMs: number): Promise<Claim> {
  const [claim] = await queue.claim({ limit: 1, leaseMs });
  if (claim === undefined) throw new Error("claim: there is a claimable item, but none was answered");
  return claim;
}

export const REASON = {
  code: "page_missing",
  message: "The page is gone. Save it again and retry.",
} as const;
