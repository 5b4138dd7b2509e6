import { reasonOf } from "@gro/summarizer/executor";
import type { ReadPage } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import type { PageEntry } from "./page-entry.js";
import { giveUpMissing, storedAnswer, takeSummary } from "./take-summary.js";

/** Pages read at once: a day's pages must not open a thousand files. */
const AT_ONCE = 32;

/** Whether the page was edited after a worker had summarized it: no worker comes back to it by itself. */
function isOutdated(entry: PageEntry, { page, contentHash }: ReadPage): boolean {
  const isAnswered = typeof page.summaryMeta?.contentHash === "string";
  return entry.isQueued && isAnswered && entry.contentHash !== contentHash;
}

/** Once for each edit. */
function askAgain(entry: PageEntry, { contentHash }: ReadPage): void {
  entry.contentHash = contentHash;
  entry.isQueued = false;
}

async function look(workshop: Workshop, entry: PageEntry): Promise<void> {
  try {
    const { pages } = await workshop.store();
    const read = await pages.read(entry.pageId);
    if (read === undefined) {
      giveUpMissing(workshop, entry);
      return;
    }
    const answer = storedAnswer(read);
    if (answer !== undefined) await takeSummary(workshop, entry, { ...read, pages }, answer);
    else if (isOutdated(entry, read)) askAgain(entry, read);
  } catch (error) {
    const message = `A page could not be read: ${reasonOf(error)}`;
    workshop.teller.warn("page_read_failed", message, entry.pageId);
  }
}

/** Shows the summaries that have been written since the last look. A page that cannot be read is looked at again next time. */
export async function lookForSummaries(workshop: Workshop): Promise<void> {
  const { pending } = workshop.shelf;
  for (let start = 0; start < pending.length; start += AT_ONCE) {
    await Promise.all(pending.slice(start, start + AT_ONCE).map((entry) => look(workshop, entry)));
  }
  workshop.shelf.forgetReadyAsides();
}
