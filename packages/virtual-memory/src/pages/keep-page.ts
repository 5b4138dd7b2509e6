import { contentHash, StoreError, type PageStore, type ReadPage } from "@gro/queue";
import type { EphemeralLine, MemoryPage, PageDraft } from "./memory-page.js";

export interface PageKeeper {
  readonly pages: PageStore;
  readonly pageIdOf: (content: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Other pages that one is moved out of the way of. The id is a hash: even one is rare. */
const MOST_NAMESAKES = 16;

/** What has this id already; the store's error for something that is no page. */
async function occupant(pages: PageStore, pageId: string): Promise<ReadPage | StoreError | undefined> {
  try {
    return await pages.read(pageId);
  } catch (error) {
    if (StoreError.isInstance(error) && error.code === "page_unreadable") return error;
    throw error;
  }
}

function sameLines(page: MemoryPage, lines: readonly EphemeralLine[]): boolean {
  return JSON.stringify(page.ephemeral ?? []) === JSON.stringify(lines);
}

/**
 * Writes a page once: one that is there already with the same content stays as it is, its summary with it. A page of another
 * content under the same id, such as one edited by hand, is never overwritten: then this one ends with a line break more, and so has
 * another id.
 *
 * @throws whatever the store throws
 */
export async function keepPage(keeper: PageKeeper, draft: PageDraft): Promise<ReadPage> {
  const { pages, pageIdOf, now } = keeper;
  const { label, lane, ephemeral, messageCount, tokens, maxImportance } = draft;
  let { content } = draft;
  let pagesFound = 0;
  let unreadable: StoreError | undefined;
  for (let attempt = 0; attempt < MOST_NAMESAKES; attempt += 1) {
    const pageId = pageIdOf(content);
    const found = await occupant(pages, pageId);
    if (found === undefined) {
      const page: MemoryPage = {
        ...{ id: pageId, label, content, createdAt: new Date(now()).toISOString() },
        ...{ messageCount, tokens },
        ...(maxImportance > 0 ? { maxImportance } : {}),
        lane,
        ...(ephemeral.length > 0 ? { ephemeral } : {}),
      };
      return pages.save(page);
    }
    if (StoreError.isInstance(found)) {
      unreadable = found;
    } else {
      pagesFound += 1;
      const isSame = found.contentHash === contentHash(content);
      if (isSame && sameLines(found.page, ephemeral)) return found;
    }
    content += "\n";
  }
  // Where nothing at all can be read, it is the store and not the ids.
  if (pagesFound === 0 && unreadable !== undefined) throw unreadable;
  throw new StoreError({
    code: "store_failed",
    message: `No id for a new page: ${MOST_NAMESAKES} other pages have the ids that its content gives.`,
    context: { lastPageId: pageIdOf(content) },
  });
}

const ID_DIGITS = 12;

/** `pg_` and the first 12 hexadecimal digits of the content's SHA-256. */
export function pageIdOf(content: string): string {
  return `pg_${contentHash(content).slice(0, ID_DIGITS)}`;
}
