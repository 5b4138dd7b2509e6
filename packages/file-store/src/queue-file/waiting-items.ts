import {
  StoreError,
  type NewQueueItem,
  type PageStore,
  type ReadPage,
  type SummaryRequest,
} from "@gro/queue";
import { contentHash } from "../pages/content-hash.js";
import type { QueueFileEntry } from "./queue-file-entries.js";

/** What the pages of a queue file come to. */
export interface WaitingItems {
  /** In the order of the file, each page once. */
  readonly items: readonly NewQueueItem[];
  /** Ids of pages that are not there. They are in `items` too: a worker ends them with the reason, and they can be retried. */
  readonly missing: readonly string[];
  /** The same for pages that are there and cannot be read. */
  readonly unreadable: readonly string[];
  /** Ids of pages that have a summary of what they say: nothing waits for them. */
  readonly summarized: readonly string[];
}

/** A summary of a page in an agent's memory: a quarter of it, at most so many tokens. */
const MOST_TOKENS = 500;
const LEAST_TOKENS = 24;
const SHARE_OF_PAGE = 1 / 4;
const CHARACTERS_PER_TOKEN = 4;

/** Pages read at once. */
const AT_ONCE = 32;

/** What stands for a content that nobody knows: when the page is there again, its content then counts. */
const UNKNOWN_CONTENT = contentHash("");

type Found = { readonly kind: "read"; readonly read: ReadPage } | { readonly kind: "missing" | "unreadable" };

/**
 * Looks at the pages of entries.
 * @param request how all of them are to be summarized. @default as pages of an agent's memory: each to a quarter, at most 500 tokens
 * @throws what the store throws when it fails as a whole
 */
export async function waitingItems(
  pages: PageStore,
  entries: readonly QueueFileEntry[],
  request: SummaryRequest | undefined,
): Promise<WaitingItems> {
  const once = [...new Map(entries.toReversed().map((entry) => [entry.pageId, entry])).values()].toReversed();
  const waiting = {
    items: new Array<NewQueueItem>(),
    missing: new Array<string>(),
    unreadable: new Array<string>(),
    summarized: new Array<string>(),
  };
  for (let start = 0; start < once.length; start += AT_ONCE) {
    const part = once.slice(start, start + AT_ONCE);
    const found = await Promise.all(
      part.map(async (entry) => ({ entry, page: await look(pages, entry.pageId) })),
    );
    for (const { entry, page } of found) {
      if (page.kind !== "read") waiting[page.kind].push(entry.pageId);
      if (page.kind === "read" && isSummarized(page.read)) waiting.summarized.push(entry.pageId);
      else waiting.items.push(itemOf(entry, page, request));
    }
  }
  return waiting;
}

async function look(pages: PageStore, pageId: string): Promise<Found> {
  try {
    const read = await pages.read(pageId);
    return read === undefined ? { kind: "missing" } : { kind: "read", read };
  } catch (error) {
    if (StoreError.isInstance(error) && error.code === "page_unreadable") return { kind: "unreadable" };
    // Usually the queue file itself, below which nobody has a directory of pages.
    if (StoreError.isInstance(error) && error.context["systemCode"] === "ENOTDIR") return { kind: "missing" };
    throw error;
  }
}

/** The runtime's own placeholders are summaries without a word about what they are of. */
function isSummarized({ page, contentHash: hash }: ReadPage): boolean {
  return page.summary !== undefined && page.summaryMeta?.contentHash === hash;
}

function itemOf(entry: QueueFileEntry, found: Found, request: SummaryRequest | undefined): NewQueueItem {
  const { pageId, lane } = entry;
  if (found.kind !== "read") {
    const { label = "" } = entry;
    return { pageId, contentHash: UNKNOWN_CONTENT, label, lane, request: request ?? usualRequest(0) };
  }
  const { page, contentHash: hash } = found.read;
  const { label = page.label } = entry;
  const tokens = page.tokens > 0 ? page.tokens : page.content.length / CHARACTERS_PER_TOKEN;
  return { pageId, contentHash: hash, label, lane, request: request ?? usualRequest(tokens) };
}

function usualRequest(tokens: number): SummaryRequest {
  const share = tokens === 0 ? MOST_TOKENS : Math.ceil(tokens * SHARE_OF_PAGE);
  return {
    contentType: "conversation",
    targetTokens: Math.min(MOST_TOKENS, Math.max(LEAST_TOKENS, share)),
  };
}
