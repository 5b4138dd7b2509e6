import { importantLinesOf } from "@gro/queue";
import type { EphemeralLine } from "../pages/memory-page.js";
import { LANES, type Lane } from "../messages/chat-message.js";
import { renderMessages, SEPARATOR, type RenderedMessages } from "../pages/render-messages.js";
import type { PageEntry } from "../summaries/page-entry.js";
import { partsOf, partsToCut } from "../working/message-parts.js";
import { orderOf, type Unit } from "../working/unit.js";
import { cutParts } from "./overflow.js";
import type { Workshop } from "./workshop.js";
import { minuteOf, writePage, type PageToWrite } from "./write-page.js";

/** Texts counted one by one may come to a little less than together. */
const MARGIN = 0.97;

interface RenderedUnit {
  readonly unit: Unit;
  /** A result that arrives while the page is being written makes the unit another. */
  readonly messageCount: number;
  readonly rendered: RenderedMessages;
}

interface PlannedPage {
  readonly units: readonly RenderedUnit[];
  readonly draft: PageToWrite;
}

function messagesOf(unit: Unit) {
  return unit.messages.map(({ message }) => message);
}

/** A unit that no page could hold has its longest texts put into pages of their own. */
async function fitUnit(workshop: Workshop, unit: Unit): Promise<void> {
  const { limits } = workshop;
  const counter = workshop.counter();
  const { tokens } = renderMessages(messagesOf(unit), counter);
  const room = Math.floor(limits.page * MARGIN);
  if (tokens <= room) return;
  const { parts, limit } = partsToCut(partsOf([unit], counter), tokens - room, limits.leastPart);
  await cutParts(workshop, parts, limit);
}

/** Neighbours of one lane, as many to a page as can be loaded together. */
function groupsOf(units: readonly Unit[], { limits, counter }: Workshop): readonly RenderedUnit[][] {
  const room = Math.floor(limits.page * MARGIN);
  const groups: RenderedUnit[][] = [];
  let group: RenderedUnit[] = [];
  let groupTokens = 0;
  for (const unit of units) {
    const rendered = renderMessages(messagesOf(unit), counter());
    if (group.length > 0 && groupTokens + rendered.tokens > room) {
      groups.push(group);
      group = [];
      groupTokens = 0;
    }
    group.push({ unit, messageCount: unit.messages.length, rendered });
    groupTokens += rendered.tokens;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Ephemeral lines say the number of their message in the page, and not in the unit. */
function ephemeralOf(units: readonly RenderedUnit[]): readonly EphemeralLine[] {
  let before = 0;
  return units.flatMap(({ rendered, messageCount }) => {
    const first = before;
    before += messageCount;
    return rendered.ephemeral.map((line) => ({ ...line, message: line.message + first }));
  });
}

function planPage(lane: Lane, units: readonly RenderedUnit[], now: number): PlannedPage {
  const messages = units.flatMap(({ unit }) => messagesOf(unit));
  const content = units.map(({ rendered }) => rendered.text).join(SEPARATOR);
  const importance = Math.max(...messages.map((message) => message.importance ?? 0));
  return {
    units,
    draft: {
      ...{ lane, content, ephemeral: ephemeralOf(units), messageCount: messages.length, pageCount: 0 },
      tokens: units.reduce((sum, { rendered }) => sum + rendered.tokens, 0),
      label: `${lane} lane ${minuteOf(now)}`,
      order: Math.min(...units.map(({ unit }) => orderOf(unit))),
      maxImportance: importantLinesOf(content).length > 0 ? 1 : importance,
    },
  };
}

/**
 * Puts units into pages, lane by lane, and placeholders into their places. A unit leaves working memory when its page is written,
 * not before.
 * @throws what the store threw first, after everything that could be written is.
 */
export async function pageOut(workshop: Workshop, chosen: ReadonlySet<Unit>): Promise<readonly PageEntry[]> {
  const { units, shelf, now } = workshop;
  for (const unit of chosen) await fitUnit(workshop, unit);
  const pages = LANES.flatMap((lane) => {
    const inLane = units.all.filter((unit) => chosen.has(unit) && unit.lane === lane);
    return groupsOf(inLane, workshop).map((group) => planPage(lane, group, now()));
  });

  const outcomes = await Promise.allSettled(
    pages.map(async (page) => {
      const entry = await writePage(workshop, page.draft);
      const unchanged = page.units.filter(({ unit, messageCount }) => unit.messages.length === messageCount);
      units.remove(new Set(unchanged.map(({ unit }) => unit)));
      shelf.show([entry]);
      return entry;
    }),
  );
  const failure = outcomes.find(({ status }) => status === "rejected");
  if (failure?.status === "rejected") throw failure.reason;
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}
