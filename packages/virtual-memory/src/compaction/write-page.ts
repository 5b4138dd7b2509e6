import { keepPage } from "../pages/keep-page.js";
import type { PageDraft } from "../pages/memory-page.js";
import { excerptOf, placeholderText } from "../summaries/entry-texts.js";
import type { PageEntry } from "../summaries/page-entry.js";
import type { Workshop } from "./workshop.js";

export interface PageToWrite extends PageDraft {
  /** As in `PageEntry`. */
  readonly order: number;
  readonly pageCount: number;
}

/**
 * Writes a page and gives the entry that stands for it: pending, with a placeholder.
 * @throws whatever the store throws
 */
export async function writePage(workshop: Workshop, draft: PageToWrite): Promise<PageEntry> {
  const { limits, teller, contents, pageIdOf, now } = workshop;
  const counter = workshop.counter();
  const { pages } = await workshop.store();
  const { page, contentHash } = await keepPage({ pages, pageIdOf, now }, draft);
  const { order, lane, label, messageCount, pageCount } = draft;
  const name = { pageId: page.id, label, messageCount, pageCount };
  teller.emit("paged", { pageId: page.id, lane, messageCount, tokens: draft.tokens });
  const entry: PageEntry = {
    ...name,
    ...{ contentHash, order, lane, state: "pending", isQueued: false, rejections: 0 },
    text: placeholderText(name, excerptOf(draft.content), limits, counter),
  };
  contents.note(entry, page.content, contentHash, draft.tokens);
  return entry;
}

/** When a page was made, as its label says it: to the minute, in UTC. */
export function minuteOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 16);
}
