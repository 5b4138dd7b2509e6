import {
  plainCopy,
  checkPageId,
  contentHash,
  StoreError,
  type Page,
  type PageStore,
  type PageSummary,
  type ReadPage,
} from "@gro/queue";
import type { Database } from "../connection/database.js";
import { LONGEST_MS, Patience } from "../connection/patience.js";
import { number, optionalText, text, type Row } from "../connection/row.js";
import type { Run } from "../connection/run.js";
import { pageStatements } from "../statements/page-statements.js";

/** Pages as rows of a table. @param run as part of a transaction, or each statement for itself */
export function pagesOf(database: Database, run: Run = database.run): PageStore {
  const { now, schema } = database.options;
  const statements = pageStatements(schema);
  return {
    async read(pageId) {
      const [row] = await run(statements.read, [checkPageId(pageId)]);
      return row === undefined ? undefined : pageIn(row, pageId);
    },
    async save(page) {
      const pageId = checkPageId(page.id);
      const hash = contentHash(contentOf(page));
      const copy = plainCopy(page);
      await run(statements.save, [now(), pageId, hash, JSON.stringify(copy)]);
      return { page: copy, contentHash: hash };
    },
    async writeSummary(pageId, hash, { text: summary, meta }) {
      const values = [checkPageId(pageId), hash, JSON.stringify({ text: summary, meta })];
      const patience = new Patience(statements.writeSummary.doing, LONGEST_MS.page, database);
      for (;;) {
        const [row = {}] = await run(statements.writeSummary, values);
        if (number(row, "written") > 0) return "written";
        if (number(row, "there") === 0) return "missing";
        if (number(row, "same") === 0) return "changed";
        // A host is about to save it anew.
        await patience.wait();
      }
    },
  };
}

function pageIn(row: Row, pageId: string): ReadPage {
  const page: unknown = JSON.parse(text(row, "page"));
  if (!isPage(page)) throw unreadable(pageId, "read: it has no content");
  const summary = optionalText(row, "summary");
  const hash = text(row, "content_hash");
  if (summary === null) return { page, contentHash: hash };
  const { text: written, meta } = summaryIn(summary, pageId);
  return { page: { ...page, summary: written, summaryMeta: meta }, contentHash: hash };
}

function summaryIn(json: string, pageId: string): PageSummary {
  const value: unknown = JSON.parse(json);
  if (isSummary(value)) return value;
  throw unreadable(pageId, "read: its summary is none");
}

function contentOf(page: Page): string {
  if (typeof page.content === "string") return page.content;
  throw unreadable(page.id, "saved: its content must be a string");
}

function unreadable(pageId: string, what: string): StoreError {
  return new StoreError({
    code: "page_unreadable",
    message: `Page ${pageId} cannot be ${what}.`,
    context: { pageId },
  });
}

/** What only must be there. */
function isPage(value: unknown): value is Page {
  return (
    typeof value === "object" && value !== null && "content" in value && typeof value.content === "string"
  );
}

/** The store alone writes it. */
function isSummary(value: unknown): value is PageSummary {
  return (
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "meta" in value
  );
}
