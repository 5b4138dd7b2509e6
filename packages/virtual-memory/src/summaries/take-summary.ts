import { reasonOf } from "@gro/summarizer/executor";
import type { PageStore, ReadPage, SummaryMeta } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import { completeSummary, sourceOf } from "./complete-summary.js";
import { PENDING, settledPlaceholder, summaryHeader } from "./entry-texts.js";
import type { PageEntry } from "./page-entry.js";

/** A page and the store that it comes from. */
export interface FoundPage extends ReadPage {
  readonly pages: PageStore;
}

/** A summary, and what is known of it. */
export interface Answer {
  readonly text: string;
  readonly meta: SummaryMeta;
  readonly source: "model" | "store" | "code";
}

function unknownMeta({ page, contentHash }: ReadPage): SummaryMeta {
  return {
    ...{ contentHash, modelId: "unknown", createdAt: page.createdAt },
    ...{ inputTokens: 0, outputTokens: 0, targetTokens: 0, compressionRatio: 0, collapseDepth: 0 },
    ...{ fit: "as-is", warnings: [] },
  };
}

/** The summary that stands in the page, if it is one of what the page says now. */
export function storedAnswer(found: ReadPage): Answer | undefined {
  const { summary, summaryMeta } = found.page;
  if (typeof summary !== "string" || summary.trim() === "") return undefined;
  // Workers of other makes write a summary and nothing about it; gro's runtime writes its placeholder there until it has one.
  if (typeof summaryMeta !== "object" || summaryMeta === null) {
    if (summary.startsWith(PENDING)) return undefined;
    return { text: summary, meta: unknownMeta(found), source: "store" };
  }
  if (summaryMeta.contentHash !== found.contentHash) return undefined;
  return { text: summary, meta: summaryMeta, source: "store" };
}

/**
 * Shows a summary in place of its placeholder, with every important line in it. When the page lacks one, its summary is mended
 * there too; should that fail, the context is right all the same.
 */
export async function takeSummary(
  workshop: Workshop,
  entry: PageEntry,
  found: FoundPage,
  answer: Answer,
): Promise<"taken" | "changed"> {
  const { limits, teller, shelf } = workshop;
  const counter = workshop.counter();
  const { contentHash, pages } = found;
  const complete = completeSummary(answer.text, sourceOf(workshop, entry, found), limits, counter);
  if (answer.source !== "store" || complete.stored !== answer.text) {
    try {
      const summary = { text: complete.stored, meta: answer.meta };
      const outcome = await pages.writeSummary(entry.pageId, contentHash, summary);
      if (outcome === "changed") return "changed";
    } catch (error) {
      teller.warn("page_save_failed", `A summary could not be written: ${reasonOf(error)}`, entry.pageId);
    }
  }
  entry.contentHash = contentHash;
  entry.state = "ready";
  entry.text = `${summaryHeader(entry)}\n${complete.shown}`;
  if (complete.leftOut > 0) {
    const message = `${complete.leftOut} important lines have no room in the context: they are in the page, or in pages under it.`;
    teller.warn("important_left_out", message, entry.pageId);
  }
  if (complete.wasTrimmed && answer.source !== "code") {
    teller.warn(
      "summary_trimmed",
      "A summary is longer than it may be; its beginning is shown.",
      entry.pageId,
    );
  }
  teller.emit("summarized", {
    ...{ pageId: entry.pageId, source: answer.source, tokens: shelf.tokensOf(entry) },
  });
  return "taken";
}

/** A page that is gone can have no summary: what the placeholder says stays. */
export function giveUpMissing({ teller }: Workshop, entry: PageEntry): void {
  entry.state = "ready";
  entry.text = settledPlaceholder(entry, "the page is gone");
  teller.warn("page_missing", "A page is gone before it was summarized.", entry.pageId);
}
