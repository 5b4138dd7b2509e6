import { reasonOf } from "@gro/summarizer/executor";
import { SHARE_OF_PAGE } from "../summaries/complete-summary.js";
import { chooseUnits } from "../working/choose-units.js";
import { partsOf, partsToCut } from "../working/message-parts.js";
import type { Unit } from "../working/unit.js";
import { cutParts } from "./overflow.js";
import { pageOut } from "./page-out.js";
import { settleBacklog, tidyShelf } from "./tidy-shelf.js";
import { workingTokens, type Workshop } from "./workshop.js";

/** What a page's header and ref take, about. */
const HEADER_TOKENS = 60;

export interface CompactionReport {
  /** Tokens of working memory before and after. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** What the store threw; then messages stay where they are, and nothing is lost. */
  readonly failure?: { readonly error: unknown };
}

/** Chooses and pages. @param least the least tokens that a page must have */
async function page(
  workshop: Workshop,
  eligible: readonly Unit[],
  goal: number,
  least: number,
): Promise<number> {
  const { units, limits } = workshop;
  const chosen = chooseUnits({
    eligible,
    excess: workingTokens(workshop) - goal,
    leastPage: least,
    tokensOf: (unit) => units.tokensOf(unit),
    costOf: (tokens) => HEADER_TOKENS + Math.min(limits.summary, tokens * SHARE_OF_PAGE),
  });
  await pageOut(workshop, chosen);
  return chosen.size;
}

/** What is done when recent messages alone are more than working memory may hold, the mildest first. */
async function squeeze(workshop: Workshop): Promise<void> {
  const { units, limits, teller } = workshop;
  const isOver = () => workingTokens(workshop) > limits.working;
  if (isOver()) await tidyShelf(workshop, limits.entries * 0.8);
  if (isOver()) {
    const counter = workshop.counter();
    const excess = workingTokens(workshop) - limits.high;
    const { parts, limit } = partsToCut(partsOf(units.all, counter), excess, limits.leastPart);
    await cutParts(workshop, parts, limit);
  }
  for (const kept of [1, 0]) {
    if (!isOver()) return;
    const older = units.all.slice(0, units.all.length - kept);
    const count = await page(workshop, older, limits.high, 0);
    if (count > 0) {
      teller.warn("recent_paged", "Recent messages were paged: working memory is too small for them.");
    }
    if (isOver()) await tidyShelf(workshop, Math.max(0, limits.working - units.tokens));
  }
}

/**
 * Brings working memory below its high watermark, down to the low one: folds summaries, pages older messages lane by lane. Never
 * asks a model.
 * @param isForced page everything that is not recent, whatever the watermarks say
 */
export async function compact(workshop: Workshop, isForced: boolean): Promise<CompactionReport> {
  const { units, limits, teller } = workshop;
  const tokensBefore = workingTokens(workshop);
  try {
    await settleBacklog(workshop);
    if (isForced || workingTokens(workshop) > limits.high) {
      await tidyShelf(workshop, limits.entries);
      if (isForced || workingTokens(workshop) > limits.high) {
        const recent = units.recent(limits.minRecentPerLane);
        const eligible = units.all.filter((unit) => !recent.has(unit));
        await page(workshop, eligible, isForced ? -Infinity : limits.low, limits.leastPage);
      }
      await squeeze(workshop);
    }
  } catch (error) {
    teller.warn(
      "page_save_failed",
      `Messages could not be paged and stay where they are: ${reasonOf(error)}`,
    );
    return { tokensBefore, tokensAfter: workingTokens(workshop), failure: { error } };
  }
  return { tokensBefore, tokensAfter: workingTokens(workshop) };
}
