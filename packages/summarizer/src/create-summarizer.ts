import type { SummarizeOptions } from "./options/summarize-options.js";
import { summarize } from "./summarize.js";
import type { SummaryResult } from "./summary-result.js";

/** A summarizer with its settings in it: only what differs is said with each call. */
export interface Summarizer {
  /** As `summarize`; what `options` gives goes before the defaults. */
  summarize(content: string, options?: Partial<SummarizeOptions>): Promise<SummaryResult>;
}

/** Keeps settings that many calls share, the model first of all. */
export function createSummarizer(defaults: SummarizeOptions): Summarizer {
  return {
    summarize(content, options) {
      const given = Object.fromEntries(
        Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
      );
      // A call's own target goes before the default one, of whichever kind that is.
      const { targetTokens, targetRatio, ...rest } = defaults;
      const hasTarget = "targetTokens" in given || "targetRatio" in given;
      return summarize(content, { ...rest, ...(hasTarget ? {} : { targetTokens, targetRatio }), ...given });
    },
  };
}
