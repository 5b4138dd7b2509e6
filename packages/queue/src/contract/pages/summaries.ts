import { contentHash } from "../../content-hash.js";
import type { PageStore } from "../../ports/page-store.js";
import type { CaseGroup } from "../scene.js";
import { verifySame } from "../verify.js";
import { page, summaryOf } from "./samples.js";

/** A summary reaches only the content that it is of. */
export const summaries: CaseGroup<PageStore> = {
  name: "writeSummary",
  cases: [
    {
      name: "puts the summary beside the content and leaves the rest as it is",
      async run({ store }) {
        const given = { ...page("a", "content"), pinned: { by: ["ada"] } };
        await store.save(given);
        const { text, meta } = summaryOf("content", "Zusammen­fassung 🗜️.");
        const outcome = await store.writeSummary("a", contentHash("content"), { text, meta });
        verifySame(outcome, "written", "writeSummary: a page that still says the same must get its summary");
        const expected = {
          page: { ...given, summary: text, summaryMeta: meta },
          contentHash: contentHash("content"),
        };
        verifySame(await store.read("a"), expected, "writeSummary: all else of the page must stay");
      },
    },
    {
      name: "writes nothing to a page that says something else by now",
      async run({ store }) {
        await store.save(page("a", "old"));
        await store.save(page("a", "new"));
        const outcome = await store.writeSummary("a", contentHash("old"), summaryOf("old", "Old."));
        verifySame(outcome, "changed", "writeSummary: another content must answer `changed`");
        verifySame(
          (await store.read("a"))?.page,
          page("a", "new"),
          "writeSummary: `changed` must change nothing",
        );
      },
    },
    {
      name: "answers `missing` for a page that is not there, and makes none",
      async run({ store }) {
        const outcome = await store.writeSummary("a", contentHash("text"), summaryOf("text", "Text."));
        verifySame(outcome, "missing", "writeSummary: without a page it must answer `missing`");
        verifySame(await store.read("a"), undefined, "writeSummary: it must not make a page");
      },
    },
    {
      name: "replaces the summary before it",
      async run({ store }) {
        await store.save(page("a", "content"));
        const first = summaryOf("content", "First.");
        await store.writeSummary("a", contentHash("content"), first);
        const second = { text: "Second.", meta: { ...first.meta, outputTokens: 2, warnings: [] } };
        verifySame(
          await store.writeSummary("a", contentHash("content"), second),
          "written",
          "writeSummary: a summary does not change the content",
        );
        const { summary, summaryMeta } = (await store.read("a"))?.page ?? {};
        const written = { text: summary, meta: summaryMeta };
        verifySame(written, second, "writeSummary: the latest summary must be there alone");
      },
    },
    {
      name: "works for a page without content",
      async run({ store }) {
        await store.save(page("a", ""));
        const outcome = await store.writeSummary("a", contentHash(""), summaryOf("", "Nothing."));
        verifySame(outcome, "written", "writeSummary: an empty string is content");
      },
    },
    {
      name: "never brings old content back when the page is saved at the same time",
      async run({ store }) {
        for (let round = 0; round < 20; round++) {
          await store.save(page("a", "old"));
          const write = () => store.writeSummary("a", contentHash("old"), summaryOf("old", "Old."));
          const save = () => store.save(page("a", "new"));
          await Promise.all(round % 2 === 0 ? [write(), save()] : [save(), write()]);
          const found = (await store.read("a"))?.page;
          verifySame(found, page("a", "new"), "writeSummary: it must never undo a save that came meanwhile");
        }
      },
    },
  ],
};
