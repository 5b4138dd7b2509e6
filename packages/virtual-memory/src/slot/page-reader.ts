import type { PageStore, ReadPage } from "@gro/queue";

/** Pages by id, read once for a context. */
export class PageReader {
  readonly #pages: PageStore;
  readonly #read = new Map<string, ReadPage | undefined>();

  constructor(pages: PageStore) {
    this.#pages = pages;
  }

  async read(pageId: string): Promise<ReadPage | undefined> {
    if (!this.#read.has(pageId)) {
      const found = await this.#pages.read(pageId);
      // Of a page edited by hand, the name that it goes by counts, not the one that it gives itself.
      this.#read.set(pageId, found && { ...found, page: { ...found.page, id: pageId } });
    }
    return this.#read.get(pageId);
  }
}
