import {
  contentHash,
  StoreError,
  type DurableStore,
  type EnqueueOutcome,
  type NewQueueItem,
  type SummaryRequest,
} from "@gro/queue";
import type { FilePage } from "./page-of-file.js";

/** A page that waits for its summary, durably. */
export interface EnqueuedFile {
  /** As the user wrote it. */
  readonly file: string;
  readonly kind: EnqueueOutcome["kind"];
  readonly pageId: string;
  readonly itemId: string;
  readonly contentHash: string;
}

/** A file of which there is no page in the queue, and why. */
export interface FailedFile {
  readonly file: string;
  readonly reason: string;
}

export type FileOutcome = EnqueuedFile | FailedFile;

/** Troubles of one page, which say nothing about the others. */
const OF_ONE_PAGE: ReadonlySet<string> = new Set(["page_unreadable", "invalid_page_id"]);

/**
 * Saves pages, where they are not there yet, and queues them in their order. Two of them must not have one id. Answers in their order, when
 * all of them are durable.
 */
export async function enqueueFiles(
  { pages, queue }: Pick<DurableStore, "pages" | "queue">,
  files: readonly FilePage[],
  wishedLabel: string | undefined,
  request: SummaryRequest,
): Promise<readonly FileOutcome[]> {
  const saved = await Promise.allSettled(files.map((file) => save(pages, file, wishedLabel, request)));
  const items: NewQueueItem[] = [];
  const failed = new Map<number, FailedFile>();
  for (const [index, outcome] of saved.entries()) {
    if (outcome.status === "rejected") throw outcome.reason;
    if ("reason" in outcome.value) failed.set(index, outcome.value);
    else items.push(outcome.value);
  }
  const outcomes = (await queue.enqueue(items)).values();
  return files.flatMap(({ file, page }, index) => {
    const failure = failed.get(index);
    if (failure !== undefined) return failure;
    const outcome = outcomes.next().value;
    if (outcome === undefined) return [];
    const { id: itemId, kind } = outcome;
    return { file, kind, pageId: page.id, itemId, contentHash: contentHash(page.content) };
  });
}

async function save(
  pages: DurableStore["pages"],
  { file, page, isWholePage }: FilePage,
  wishedLabel: string | undefined,
  request: SummaryRequest,
): Promise<NewQueueItem | FailedFile> {
  try {
    const stored = await pages.read(page.id);
    const isThere = stored?.contentHash === contentHash(page.content);
    if (stored !== undefined && !isThere && !isWholePage) {
      return {
        file,
        reason: `page ${page.id} is there already and says something else; it is left as it is.`,
      };
    }
    // Saving it again would take away a summary that it may have got, even in this moment.
    const { page: kept, contentHash: hash } =
      stored !== undefined && isThere ? stored : await pages.save(page);
    return {
      pageId: page.id,
      contentHash: hash,
      label: wishedLabel ?? textOr("", kept.label),
      lane: page.lane ?? textOr(null, kept.lane),
      request,
    };
  } catch (error) {
    if (!StoreError.isInstance(error) || !OF_ONE_PAGE.has(error.code)) throw error;
    return { file, reason: error.message };
  }
}

/** Pages lie in files that anybody can write: an odd label must not keep the others out. */
function textOr<Otherwise>(otherwise: Otherwise, value: unknown): string | Otherwise {
  return typeof value === "string" ? value : otherwise;
}
