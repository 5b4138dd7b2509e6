import type { Mistake } from "../broken-store.js";
import type { Amnesia } from "../finds-mistakes.js";

const file = "memory/memory-page-store.ts";
const save = "pages.set(page.id, kept);";

/** Mistakes that page stores really have, and the cases that find them. */
export const pageMistakes: readonly Mistake[] = [
  {
    name: "read answers null for a page that is not there",
    file,
    right: "found === undefined ? undefined : plainCopy(found)",
    wrong: "found === undefined ? null : plainCopy(found)",
    foundBy: ["a page that was never saved is `undefined`"],
  },
  {
    name: "the hash is not that of the content alone",
    file,
    right: "contentHash: contentHash(contentOf(page))",
    wrong: "contentHash: contentHash(JSON.stringify([page.id, contentOf(page)]))",
    foundBy: [
      "a page comes out as it went in, with the hash of its content",
      "works for a page without content",
    ],
  },
  {
    name: "save ends the content at the first NUL",
    file,
    right: save,
    wrong: "kept.page.content = kept.page.content.split('\\0')[0]; pages.set(page.id, kept);",
    foundBy: ["every character of content and label is kept"],
  },
  {
    name: "save cuts content at a million characters",
    file,
    right: save,
    wrong: "kept.page.content = kept.page.content.slice(0, 500_000); pages.set(page.id, kept);",
    foundBy: ["a megabyte of content is kept"],
  },
  {
    name: "save keeps the fields that it knows",
    file,
    right: "page: plainCopy(page)",
    wrong:
      "page: (({ id, label, content, createdAt, messageCount, tokens, maxImportance, lane, summary, summaryMeta }) => ({ id, label, content, createdAt, messageCount, tokens, maxImportance, lane, summary, summaryMeta }))(page)",
    foundBy: ["fields that are not ours are kept"],
  },
  {
    name: "save leaves fields of the page before",
    file,
    right: "page: plainCopy(page)",
    wrong: "page: { ...pages.get(page.id)?.page, ...plainCopy(page) }",
    foundBy: ["saving replaces the page as a whole"],
  },
  {
    name: "dots are allowed in page ids",
    file: "page.ts",
    right: "[A-Za-z0-9_-]",
    wrong: "[A-Za-z0-9_.-]",
    foundBy: ["what is no page id is refused everywhere"],
  },
  {
    name: "pages are kept as the fields of an object",
    file,
    right: "const pages = new Map<string, ReadPage>();",
    wrong: `const fields = {};
      const pages = { get: (id) => fields[id], set(id, page) { fields[id] = page; } };`,
    foundBy: ["what only looks special is a page id"],
  },
  {
    name: "page ids are taken for file names of a system that ignores case",
    file,
    right: save,
    wrong:
      "for (const id of [...pages.keys(), page.id]) if (id.toLowerCase() === page.id.toLowerCase()) pages.set(id, kept);",
    foundBy: ["ids that differ in case are different pages"],
  },
  {
    name: "save takes a page without content for an empty one",
    file,
    right: 'if (typeof page.content === "string") return page.content;',
    wrong: 'return page.content ?? "";',
    foundBy: ["a page without content is refused"],
  },
  {
    name: "save writes all pages anew, and so loses those that are saved at once",
    file,
    right: save,
    wrong: `const all = new Map(pages);
      await null;
      pages.clear();
      for (const [id, one] of all) pages.set(id, one);
      pages.set(page.id, kept);`,
    foundBy: ["100 pages at once are all kept"],
  },
  {
    name: "save writes a page in two parts",
    file,
    right: save,
    wrong: `const { content, ...rest } = kept.page;
      await new Promise((resolve) => setTimeout(resolve, page.tokens % 3));
      const former = pages.get(page.id) ?? kept;
      pages.set(page.id, { ...kept, page: { ...rest, content: former.page.content } });
      await null;`,
    foundBy: ["one page saved many times at once is one of them, whole"],
  },
  {
    name: "save answers what it keeps",
    file,
    right: "return plainCopy(kept);",
    wrong: "return kept;",
    foundBy: ["pages are shared with nobody"],
  },
  {
    name: "writeSummary keeps the summary alone",
    file,
    right: "const page = { ...found.page, summary: text",
    wrong: "const page = { id: found.page.id, content: found.page.content, summary: text",
    foundBy: ["puts the summary beside the content and leaves the rest as it is"],
  },
  {
    name: "writeSummary asks for no hash",
    file,
    right: 'if (found.contentHash !== hash) return "changed";',
    wrong: "",
    foundBy: ["writes nothing to a page that says something else by now"],
  },
  {
    name: "writeSummary makes the page that is missing",
    file,
    right: 'if (found === undefined) return "missing";',
    wrong:
      'if (found === undefined) { pages.set(pageId, { page: { id: pageId, content: "" }, contentHash: hash }); return "missing"; }',
    foundBy: ["answers `missing` for a page that is not there, and makes none"],
  },
  {
    name: "writeSummary writes once",
    file,
    right: 'if (found.contentHash !== hash) return "changed";',
    wrong: 'if (found.contentHash !== hash || found.page.summary !== undefined) return "changed";',
    foundBy: ["replaces the summary before it"],
  },
  {
    name: "writeSummary takes a page without content for none",
    file,
    right: 'if (found === undefined) return "missing";',
    wrong: 'if (!found?.page.content) return "missing";',
    foundBy: ["works for a page without content"],
  },
  {
    name: "writeSummary reads the page, waits, and writes what it has read",
    file,
    right: "pages.set(pageId, { page, contentHash: hash });",
    wrong: "await null; pages.set(pageId, { page, contentHash: hash });",
    foundBy: ["never brings old content back when the page is saved at the same time"],
  },
];

export const forgetfulPages: readonly Amnesia[] = [
  { name: "save is not durable", forgets: "pages.save", foundBy: ["saved pages are there"] },
  {
    name: "writeSummary is not durable",
    forgets: "pages.writeSummary",
    foundBy: ["written summaries are there"],
  },
  {
    name: "two instances do not see each other's work",
    isDivided: true,
    foundBy: ["one reads what the other has written", "a summary counts against what the other has saved"],
  },
];
