import { importantLinesOf, withoutEphemeral } from "@gro/queue";
import { SEPARATOR } from "../pages/render-messages.js";
import type { PageEntry } from "../summaries/page-entry.js";
import type { Workshop } from "./workshop.js";
import { minuteOf, writePage } from "./write-page.js";

const LEAST_TO_FOLD = 2;

function laneOfAll(entries: readonly PageEntry[]): string {
  const lanes = new Set(entries.map(({ lane }) => lane));
  const [only = "mixed"] = lanes;
  return lanes.size === 1 ? only : "mixed";
}

/** The first of these entries that one page can hold: at least two. */
export function firstGroup(entries: readonly PageEntry[], most: number, { shelf }: Workshop): PageEntry[] {
  const group: PageEntry[] = [];
  let tokens = 0;
  for (const entry of entries) {
    tokens += shelf.tokensOf(entry);
    if (group.length >= LEAST_TO_FOLD && tokens > most) break;
    group.push(entry);
  }
  return group.length >= LEAST_TO_FOLD ? group : [];
}

/**
 * Makes one page of several summaries; their refs are in it, so that every page can still be found. The page is shown in place of
 * the entries.
 * @throws whatever the store throws; then nothing has changed.
 */
export async function foldEntries(workshop: Workshop, group: readonly PageEntry[]): Promise<PageEntry> {
  const { shelf, now } = workshop;
  const texts = group.map(({ text }) => withoutEphemeral(text));
  const content = texts.map(({ text }) => text).join(SEPARATOR);
  const entry = await writePage(workshop, {
    label: `summaries ${minuteOf(now())}`,
    lane: laneOfAll(group),
    content,
    ephemeral: texts.flatMap(({ ephemeral }, message) => ephemeral.map((line) => ({ message, ...line }))),
    messageCount: group.reduce((sum, { messageCount }) => sum + messageCount, 0),
    pageCount: group.length,
    order: Math.min(...group.map(({ order }) => order)),
    maxImportance: importantLinesOf(content).length > 0 ? 1 : 0,
  });
  shelf.remove(new Set(group));
  shelf.show([entry]);
  return entry;
}
