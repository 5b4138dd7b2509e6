import {
  checkPageId,
  StoreError,
  plainCopy,
  type Page,
  type PageStore,
  type PageSummary,
  type ReadPage,
  type WriteOutcome,
} from "@gro/queue";
import { unreadablePage } from "../errors/store-errors.js";
import { contentHash } from "./content-hash.js";
import { parsePage, pageOf, textOf, withSummary, type PageJson } from "./page-json.js";
import type { PageBytes, PageFiles } from "./page-files.js";
import { Turns } from "./turns.js";

/** So often a page may be changed under a summary's feet before it counts as changed. */
const MOST_TRIES = 16;

/** Pages as files in a directory. */
export function pagesIn(files: PageFiles): PageStore {
  const turns = new Turns();

  function jsonOf(pageId: string, { bytes }: PageBytes): PageJson {
    const parsed = parsePage(bytes);
    if (parsed.kind === "page") return parsed.json;
    throw unreadablePage(files.pathOf(pageId), pageId, parsed.reason);
  }

  return {
    location: files.directory,
    async read(pageId): Promise<ReadPage | undefined> {
      const found = files.read(checkPageId(pageId));
      if (found === undefined) return undefined;
      const json = jsonOf(pageId, found);
      return { page: pageOf(pageId, json, found.modifiedAt), contentHash: contentHash(json.content) };
    },
    hasPages: async () => files.hasAny(),
    async save(page) {
      const pageId = checkPageId(page.id);
      const hash = contentHash(contentOf(page));
      const copy = plainCopy(page);
      return turns.take(pageId, async () => {
        const text = textOf(copy);
        for (let isDone = false; !isDone;) {
          const aside = await files.writeAside(pageId, text, files.modeOf(pageId));
          isDone = await files.replace(pageId, aside);
        }
        return { page: copy, contentHash: hash };
      });
    },
    async writeSummary(pageId, hash, summary) {
      checkPageId(pageId);
      return turns.take(pageId, async () => {
        for (let tries = 0; tries < MOST_TRIES; tries += 1) {
          const outcome = await tryWrite(pageId, hash, summary);
          if (outcome !== "again") return outcome;
        }
        return "changed";
      });
    },
  };

  /** `again`: the page was written to while the summary was. */
  async function tryWrite(
    pageId: string,
    hash: string,
    summary: PageSummary,
  ): Promise<WriteOutcome | "again"> {
    const found = files.read(pageId);
    if (found === undefined) return "missing";
    const json = jsonOf(pageId, found);
    if (contentHash(json.content) !== hash) return "changed";
    const aside = await files.writeAside(pageId, withSummary(json, summary), found.mode);
    const now = files.read(pageId);
    // Nothing waits between this look and the rename: what another process writes within these microseconds is all that can be lost.
    if (now !== undefined && now.bytes.equals(found.bytes)) {
      return (await files.replace(pageId, aside)) ? "written" : "again";
    }
    files.discard(aside);
    return "again";
  }
}

function contentOf({ id, content }: Page): string {
  if (typeof content === "string") return content;
  throw new StoreError({
    code: "page_unreadable",
    message: `Page ${id} cannot be saved: its content must be a string.`,
    context: { pageId: id },
  });
}
