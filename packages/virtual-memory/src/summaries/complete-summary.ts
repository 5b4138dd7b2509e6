import { trimToTokens } from "@gro/summarizer";
import { importantLinesOf, ownText, summaryToKeep, type ReadPage } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import type { Counter } from "../messages/counter.js";
import type { Limits } from "../options/limits.js";
import { boundImportant } from "./bound-important.js";
import type { ContentTokens } from "./content-tokens.js";
import { leftOutIn, leftOutLine, withoutLeftOut } from "./left-out.js";
import type { PageEntry } from "./page-entry.js";

/** Of a page's tokens, its summary takes up at most this share: as much as an agent's notes need. */
export const SHARE_OF_PAGE = 1 / 4;
/** What has been summarized once loses less the second time. */
const SHARE_OF_SUMMARIES = 1 / 2;
/** What a model is given for a summary, important lines or not, as a share of `summaryTokens`. */
const LEAST_SHARE = 1 / 2;
const LEAST_TOKENS = 24;

/** What a summary is made of. */
export interface SummarySource {
  readonly content: string;
  readonly contentTokens: ContentTokens;
  /** Whether the content is summaries of other pages. */
  readonly isFolded: boolean;
}

/** What the summary of an entry is made of. */
export function sourceOf({ contents }: Workshop, entry: PageEntry, found: ReadPage): SummarySource {
  const contentTokens = contents.of(entry, found);
  return { content: found.page.content, contentTokens, isFolded: entry.pageCount > 0 };
}

/** The tokens that the model's part of a summary may take: what the important lines leave of it, but never next to nothing. */
export function modelTarget({ contentTokens, isFolded }: SummarySource, limits: Limits): number {
  const { tokens, important } = contentTokens;
  const shown = Math.min(important, limits.important);
  const share = isFolded ? SHARE_OF_SUMMARIES : SHARE_OF_PAGE;
  const byPage = Math.max(LEAST_TOKENS, Math.ceil((tokens - important) * share));
  const bySummary = Math.max(LEAST_TOKENS, limits.summary - shown, Math.floor(limits.summary * LEAST_SHARE));
  return Math.min(byPage, bySummary);
}

/** A summary with every important line in it. */
export interface CompleteSummary {
  /** For the page: nothing is cut, and it says how many important lines its content has left out before. */
  readonly stored: string;
  /** For the context: within its limits. */
  readonly shown: string;
  /** Important lines of all that it stands for that are not in `shown`. */
  readonly leftOut: number;
  readonly wasTrimmed: boolean;
}

function join(body: string, important: readonly string[]): string {
  return [body, ...important].filter((part) => part !== "").join("\n");
}

/** Sees to it that the important lines of a page stand in its summary word for word, within the limits of the context too. */
export function completeSummary(
  answer: string,
  source: SummarySource,
  limits: Limits,
  counter: Counter,
): CompleteSummary {
  const important = importantLinesOf(source.content);
  const below = leftOutIn(source.content);
  const bound = boundImportant(important, limits.important, counter, below);
  // What a model has read of lines left out it may repeat, and be wrong.
  const said = withoutLeftOut(answer);
  const own = ownText(said, important);
  const target = modelTarget(source, limits);
  const isLong = counter.text(own) > target;
  return {
    stored: join(summaryToKeep(source.content, said), below === 0 ? [] : [leftOutLine(below, below)]),
    shown: join(isLong ? trimToTokens(own, target, counter.tokenizer) : own, bound.lines),
    leftOut: bound.leftOut,
    wasTrimmed: isLong,
  };
}
