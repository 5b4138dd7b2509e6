import { checkPageId } from "../check-page-id.js";
import { contentHash } from "../content-hash.js";
import { StoreError } from "../errors/store-error.js";
import type { Page } from "../page.js";
import { plainCopy } from "../plain-copy.js";
import type { PageStore, ReadPage } from "../ports/page-store.js";

/** Pages that live as long as the object, for tests and for hosts that keep everything in one process. */
export function memoryPageStore(): PageStore {
  const pages = new Map<string, ReadPage>();
  return {
    async read(pageId) {
      const found = pages.get(checkPageId(pageId));
      return found === undefined ? undefined : plainCopy(found);
    },
    async save(page) {
      const kept = { page: plainCopy(page), contentHash: contentHash(contentOf(page)) };
      pages.set(page.id, kept);
      return plainCopy(kept);
    },
    async writeSummary(pageId, hash, { text, meta }) {
      const found = pages.get(checkPageId(pageId));
      if (found === undefined) return "missing";
      if (found.contentHash !== hash) return "changed";
      const page = { ...found.page, summary: text, summaryMeta: plainCopy(meta) };
      pages.set(pageId, { page, contentHash: hash });
      return "written";
    },
  };
}

function contentOf(page: Page): string {
  const pageId = checkPageId(page.id);
  if (typeof page.content === "string") return page.content;
  throw new StoreError({
    code: "page_unreadable",
    message: `Page ${pageId} cannot be saved: its content must be a string.`,
    context: { pageId },
  });
}
