import { contentHash } from "../../content-hash.js";
import type { PageStore } from "../../ports/page-store.js";
import type { CaseGroup } from "../scene.js";
import { verifySame } from "../verify.js";
import { CONTENTS, page, summaryOf } from "./samples.js";

export const pagesAfterCrash: CaseGroup<PageStore> = {
  name: "crash and reopen",
  cases: [
    {
      name: "saved pages are there",
      needs: "reopen",
      async run({ store, reopen }) {
        const pages = CONTENTS.map((content, index) => page(`a-${index}`, content));
        for (const given of pages) await store.save(given);
        await store.save(page("a-0", "saved again"));
        const again = await reopen();
        const found = await Promise.all(pages.map(async ({ id }) => (await again.read(id))?.page));
        const expected = [page("a-0", "saved again"), ...pages.slice(1)];
        verifySame(found, expected, "reopen: saved pages must survive the crash");
      },
    },
    {
      name: "written summaries are there",
      needs: "reopen",
      async run({ store, reopen }) {
        await store.save(page("a", "content"));
        const { text, meta } = summaryOf("content", "Content.");
        await store.writeSummary("a", contentHash("content"), { text, meta });
        const expected = { ...page("a", "content"), summary: text, summaryMeta: meta };
        verifySame(
          (await (await reopen()).read("a"))?.page,
          expected,
          "reopen: summaries must survive the crash",
        );
      },
    },
  ],
};

export const pagesShared: CaseGroup<PageStore> = {
  name: "two instances on one store",
  cases: [
    {
      name: "one reads what the other has written",
      needs: "another",
      async run({ store, another }) {
        const other = await another();
        await store.save(page("a", "old"));
        verifySame(
          (await other.read("a"))?.page,
          page("a", "old"),
          "two instances: pages must be seen by both",
        );
        await other.save(page("a", "new"));
        verifySame(
          (await store.read("a"))?.page,
          page("a", "new"),
          "two instances: saves must be seen by both",
        );
      },
    },
    {
      name: "a summary counts against what the other has saved",
      needs: "another",
      async run({ store, another }) {
        const other = await another();
        await store.save(page("a", "old"));
        await store.read("a");
        await other.save(page("a", "new"));
        const stale = await store.writeSummary("a", contentHash("old"), summaryOf("old", "Old."));
        verifySame(stale, "changed", "two instances: a save by the other must answer `changed`");
        const fresh = await store.writeSummary("a", contentHash("new"), summaryOf("new", "New."));
        verifySame(fresh, "written", "two instances: the content that the other saved must count");
        verifySame(
          (await other.read("a"))?.page.summary,
          "New.",
          "two instances: summaries must be seen by both",
        );
      },
    },
  ],
};
