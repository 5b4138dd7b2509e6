import type { DurableStore, Page, PageStore } from "@gro/queue";
import type { MemoryPage } from "@gro/virtual-memory";

/** A store that remembers which pages were saved, so that a test can look at all of them. */
export function watchPages<Store extends DurableStore>(store: Store) {
  const ids = new Set<string>();
  const pages: PageStore = {
    read: (pageId) => store.pages.read(pageId),
    save: (page) => {
      ids.add(page.id);
      return store.pages.save(page);
    },
    writeSummary: (...given) => store.pages.writeSummary(...given),
  };
  return {
    store: { ...store, pages },
    async all(): Promise<MemoryPage[]> {
      const read = await Promise.all([...ids].map((id) => store.pages.read(id)));
      return read.flatMap((found): Page[] => (found === undefined ? [] : [found.page]));
    },
  };
}

const GOES_ON = /\n\[goes on in @@ref\('(pg_[0-9a-f]{12})'\)@@\]$/u;
/** A part's two lines above its text. */
const PART_HEADER = /^\[part \d+ of \d+\]\n[^\n]*\n/u;

/** The contents of pages; texts that were divided into parts are whole again. */
export function wholeContents(pages: readonly MemoryPage[]): string[] {
  const byId = new Map(pages.map((page) => [page.id, page.content]));
  const whole = (content: string): string => {
    const next = byId.get(GOES_ON.exec(content)?.[1] ?? "");
    return next === undefined ? content : content.replace(GOES_ON, "") + whole(next).replace(PART_HEADER, "");
  };
  return [...byId.values()].map(whole);
}
