/** All limits of a memory, in tokens but for the last one. */
export interface Limits {
  readonly working: number;
  readonly slot: number;
  /** Above it, working memory is compacted, down to `low`. */
  readonly high: number;
  readonly low: number;
  /** What summaries and placeholders may take together before the oldest are folded into one. */
  readonly entries: number;
  readonly summary: number;
  readonly important: number;
  /** Important lines in a page of summaries: the newest; what is more stays in the pages under it. */
  readonly foldedImportant: number;
  /** A larger page could not be loaded whole. */
  readonly page: number;
  /** A lane with less is not worth a page. */
  readonly leastPage: number;
  /** A first or last line in a placeholder. */
  readonly edgeLine: number;
  /** No text is shortened to less. */
  readonly leastPart: number;
  /** Messages, not tokens. */
  readonly minRecentPerLane: number;
}

/** Room in the page slot for what stands around a page. */
export const FRAME_TOKENS = 100;

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, Math.floor(value)));
}

export interface LimitOptions {
  readonly workingMemoryTokens: number;
  readonly pageSlotTokens: number;
  readonly highRatio: number;
  readonly lowRatio: number;
  readonly minRecentPerLane: number;
  readonly summaryTokens: number | undefined;
  readonly importantTokens: number | undefined;
}

/** What a summary takes at most unless an option says otherwise. */
export function usualSummaryTokens(working: number): number {
  return Math.min(500, Math.floor(working / 8));
}

export function usualImportantTokens(working: number): number {
  return Math.floor(working / 8);
}

/** The limits that follow from the options, which have been checked. */
export function limitsOf(options: LimitOptions): Limits {
  const { workingMemoryTokens: working, pageSlotTokens: slot, minRecentPerLane } = options;
  const low = Math.floor(working * options.lowRatio);
  const page = slot - FRAME_TOKENS;
  const important = options.importantTokens ?? usualImportantTokens(working);
  return {
    ...{ working, slot, low, page, minRecentPerLane, important },
    foldedImportant: Math.max(important, Math.floor(page / 2)),
    high: Math.floor(working * options.highRatio),
    entries: Math.floor(low / 2),
    summary: options.summaryTokens ?? usualSummaryTokens(working),
    leastPage: between(40, Math.min(working / 50, page / 2), 300),
    edgeLine: between(6, working / 400, 40),
    leastPart: between(64, working / 32, 200),
  };
}
