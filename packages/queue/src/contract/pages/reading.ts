import { contentHash } from "../../content-hash.js";
import type { Page } from "../../page.js";
import type { PageStore } from "../../ports/page-store.js";
import { BAD_PAGE_IDS } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { verify, verifyRefused, verifySame } from "../verify.js";
import { CONTENTS, page, summaryOf } from "./samples.js";

/** What goes in comes out. */
export const reading: CaseGroup<PageStore> = {
  name: "read and save",
  cases: [
    {
      name: "a page that was never saved is `undefined`",
      async run({ store }) {
        await store.save(page("a", "text"));
        verifySame(await store.read("b"), undefined, "read: a page that is not there must be `undefined`");
      },
    },
    {
      name: "a page comes out as it went in, with the hash of its content",
      async run({ store }) {
        const given = page("pg_0-Z", "What the page says.", { lane: "tool", maxImportance: 0.5 });
        const expected = { page: given, contentHash: contentHash(given.content) };
        verifySame(await store.save(given), expected, "save: it must answer the page with its hash");
        verifySame(await store.read("pg_0-Z"), expected, "read: it must answer the page with its hash");
      },
    },
    {
      name: "every character of content and label is kept",
      async run({ store }) {
        for (const [index, content] of CONTENTS.entries()) {
          const given = page(`a-${index}`, content, { label: content.replaceAll("\u0000", "") });
          await store.save(given);
          const found = await store.read(given.id);
          verifySame(found?.page, given, "read: content and label must be what was saved");
          verifySame(found?.contentHash, contentHash(content), "read: the hash must be that of the content");
        }
      },
    },
    {
      name: "a megabyte of content is kept",
      async run({ store }) {
        const content = "Zażółć gęślą jaźń. ".repeat(50_000);
        await store.save(page("a", content));
        verify((await store.read("a"))?.page.content === content, "read: long content must be kept whole");
      },
    },
    {
      name: "fields that are not ours are kept",
      async run({ store }) {
        const given = {
          ...page("a", "text"),
          pinned: true,
          "own field": { nested: [1, null, { deep: "✓" }] },
        };
        await store.save(given);
        verifySame((await store.read("a"))?.page, given, "save: fields beyond those of a page must survive");
      },
    },
    {
      name: "saving replaces the page as a whole",
      async run({ store }) {
        await store.save({ ...page("a", "old", { lane: "user" }), ...{ pinned: true } });
        await store.writeSummary("a", contentHash("old"), summaryOf("old", "Old."));
        await store.save(page("a", "new"));
        verifySame(
          (await store.read("a"))?.page,
          page("a", "new"),
          "save: nothing of the page before must be left",
        );
      },
    },
    {
      name: "what is no page id is refused everywhere",
      async run({ store }) {
        for (const id of BAD_PAGE_IDS) {
          const shown = JSON.stringify(id.slice(0, 20));
          const summary = summaryOf("text", "Text.");
          await verifyRefused(() => store.read(id), "invalid_page_id", `read: ${shown} must be refused`);
          await verifyRefused(
            () => store.save(page(id, "x")),
            "invalid_page_id",
            `save: ${shown} must be refused`,
          );
          const write = () => store.writeSummary(id, contentHash("text"), summary);
          await verifyRefused(write, "invalid_page_id", `writeSummary: ${shown} must be refused`);
        }
      },
    },
    {
      name: "what only looks special is a page id",
      async run({ store }) {
        const ids = ["-", "_", "__proto__", "constructor", "0", "con", "x".repeat(128)];
        for (const id of ids) {
          verifySame(await store.read(id), undefined, "read: a page that is not there must be `undefined`");
        }
        for (const id of ids) await store.save(page(id, `what ${id} says`));
        for (const id of ids) {
          verifySame((await store.read(id))?.page.content, `what ${id} says`, "read: any page id must work");
        }
      },
    },
    {
      name: "ids that differ in case are different pages",
      needs: "case",
      async run({ store }) {
        await store.save(page("aB", "one"));
        await store.save(page("Ab", "other"));
        verifySame((await store.read("aB"))?.page.content, "one", "save: page ids are told apart by case");
      },
    },
    {
      name: "a page without content is refused",
      async run({ store }) {
        const { content: _, ...rest } = page("a", "");
        const odd: object = { ...rest, content: null };
        await verifyRefused(
          () => store.save(odd as Page),
          "page_unreadable",
          "save: content that is no text must be refused",
        );
        verifySame(await store.read("a"), undefined, "save: what is refused must not be there");
      },
    },
    {
      name: "100 pages at once are all kept",
      async run({ store }) {
        const pages = Array.from({ length: 100 }, (_, index) => page(`a-${index}`, `content ${index}`));
        await Promise.all(pages.map((given) => store.save(given)));
        const found = await Promise.all(pages.map(({ id }) => store.read(id)));
        verifySame(
          found.map((one) => one?.page),
          pages,
          "save: pages that are saved at once must all be there",
        );
      },
    },
    {
      name: "one page saved many times at once is one of them, whole",
      async run({ store }) {
        const pages = Array.from({ length: 30 }, (_, index) =>
          page("a", `content ${index} `.repeat(200), { tokens: index }),
        );
        await Promise.all(pages.map((given) => store.save(given)));
        const found = await store.read("a");
        verifySame(found?.page, pages[found?.page.tokens ?? -1], "save: pages must never be mixed");
      },
    },
    {
      name: "pages are shared with nobody",
      async run({ store }) {
        const given = { ...page("a", "text"), tags: ["one"] };
        const saved = await store.save(given);
        given.tags.push("two");
        Object.assign(saved.page, { content: "changed" });
        Object.assign((await store.read("a"))?.page ?? {}, { content: "changed" });
        const expected = { ...page("a", "text"), tags: ["one"] };
        verifySame((await store.read("a"))?.page, expected, "save: what callers change later must not count");
      },
    },
  ],
};
