import type { Page, PageSummary } from "../page.js";

/** A page as it is now. */
export interface ReadPage {
  readonly page: Page;
  /** `contentHash(page.content)`. */
  readonly contentHash: string;
}

/** What became of a summary: written, or not, as the page says something else by now or is gone. */
export type WriteOutcome = "written" | "changed" | "missing";

/** Where the pages of a host are. */
export interface PageStore {
  /** Where they are, for messages: a directory, the name of a table. Never a secret. @default nothing is said of it */
  readonly location?: string;
  /**
   * The page, or `undefined` when there is none.
   * @throws StoreError `invalid_page_id`, or `page_unreadable` for something that is no page.
   */
  read(pageId: string): Promise<ReadPage | undefined>;
  /**
   * Whether any page is there at all. Where there is none, a page that is missing says nothing of this page: a disk may not be mounted, or
   * it is the wrong place. @default a page that is missing is one that was deleted
   */
  hasPages?(): Promise<boolean>;
  /**
   * Writes a page, or replaces the one with its id as a whole. Fields beyond those of `Page` are kept as they are given.
   * @throws StoreError `invalid_page_id`, or `page_unreadable` for a page without content: an empty string is content.
   */
  save(page: Page): Promise<ReadPage>;
  /**
   * Writes the summary to its page if the page's content still has this hash. Everything else in the page stays as it is.
   * @throws StoreError as `read`.
   */
  writeSummary(pageId: string, contentHash: string, summary: PageSummary): Promise<WriteOutcome>;
}
