import { reasonOf } from "@gro/summarizer/executor";
import { importantLinesOf, StoreError, withoutEphemeral, withoutTagged, type LineAt } from "@gro/queue";
import { SEPARATOR } from "../pages/render-messages.js";
import { newestThatFit } from "../summaries/bound-important.js";
import { leftOutIn, leftOutLine, withoutLeftOut } from "../summaries/left-out.js";
import type { PageEntry } from "../summaries/page-entry.js";
import type { Workshop } from "./workshop.js";
import { minuteOf, writePage } from "./write-page.js";

const LEAST_TO_FOLD = 2;

function laneOfAll(entries: readonly PageEntry[]): string {
  const lanes = new Set(entries.map(({ lane }) => lane));
  const [only = "mixed"] = lanes;
  return lanes.size === 1 ? only : "mixed";
}

/**
 * The first of these entries that one page can hold beside their important lines: at least two.
 * @param wanted the tokens of entries that are to go
 */
export function firstGroup(
  entries: readonly PageEntry[],
  wanted: number,
  { shelf, limits }: Workshop,
): PageEntry[] {
  const most = Math.min(wanted, limits.page - limits.foldedImportant);
  const group: PageEntry[] = [];
  let tokens = 0;
  for (const entry of entries) {
    tokens += shelf.tokensOf(entry);
    if (group.length >= LEAST_TO_FOLD && tokens > most) break;
    group.push(entry);
  }
  return group.length >= LEAST_TO_FOLD ? group : [];
}

interface SummaryToFold {
  /** What the context shows, but for important lines. */
  readonly text: string;
  readonly ephemeral: readonly LineAt[];
  /** All those of the page, and not only those that the context has room for. */
  readonly important: readonly string[];
  /** How many the page has left out in its turn. */
  readonly leftOut: number;
}

/** What the page itself says; `undefined` when it is gone, or no page any more. */
async function contentOf(workshop: Workshop, { pageId }: PageEntry): Promise<string | undefined> {
  const { pages } = await workshop.store();
  try {
    return (await pages.read(pageId))?.page.content;
  } catch (error) {
    // Of a store that fails, nothing is folded.
    if (!StoreError.isInstance(error) || error.code !== "page_unreadable") throw error;
    workshop.teller.warn("page_read_failed", `A page could not be read: ${reasonOf(error)}`, pageId);
    return undefined;
  }
}

async function summaryToFold(workshop: Workshop, entry: PageEntry): Promise<SummaryToFold> {
  // The stored summary has every important line of the content, and no other.
  const source = (await contentOf(workshop, entry)) ?? entry.text;
  const { text, ephemeral } = withoutEphemeral(entry.text);
  return {
    text: withoutLeftOut(withoutTagged(text)).trimEnd(),
    ephemeral,
    important: importantLinesOf(source),
    leftOut: leftOutIn(source),
  };
}

/** Each important line stands once, with the first summary that has it. */
function contentOfAll(summaries: readonly SummaryToFold[], { limits, counter }: Workshop): string {
  const all = [...new Set(summaries.flatMap(({ important }) => important))];
  const kept = new Set(newestThatFit(all, limits.foldedImportant, counter()));
  const leftOut = all.length - kept.size + summaries.reduce((sum, summary) => sum + summary.leftOut, 0);
  const texts = summaries.map(({ text, important }) => {
    const lines = important.filter((line) => kept.delete(line));
    return [text, ...lines].join("\n");
  });
  return [...(leftOut === 0 ? [] : [leftOutLine(leftOut, leftOut)]), ...texts].join(SEPARATOR);
}

/**
 * Makes one page of several summaries; their refs are in it, so that every page can still be found, and so are the important lines of
 * all that they stand for, the newest of them when there are more than `foldedImportant`. The page is shown in place of the entries.
 * @throws whatever the store throws; then nothing has changed.
 */
export async function foldEntries(workshop: Workshop, group: readonly PageEntry[]): Promise<PageEntry> {
  const { shelf, counter, now } = workshop;
  const summaries = await Promise.all(group.map((entry) => summaryToFold(workshop, entry)));
  const content = contentOfAll(summaries, workshop);
  const entry = await writePage(workshop, {
    label: `summaries ${minuteOf(now())}`,
    lane: laneOfAll(group),
    content,
    tokens: counter().text(content),
    ephemeral: summaries.flatMap(({ ephemeral }, message) => ephemeral.map((line) => ({ message, ...line }))),
    messageCount: group.reduce((sum, { messageCount }) => sum + messageCount, 0),
    pageCount: group.length,
    order: Math.min(...group.map(({ order }) => order)),
    maxImportance: importantLinesOf(content).length > 0 ? 1 : 0,
  });
  shelf.remove(new Set(group));
  shelf.show([entry]);
  return entry;
}
