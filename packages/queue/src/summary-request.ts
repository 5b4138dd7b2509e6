import type { SummarizeOptions } from "@gro/summarizer";

/**
 * How one page is to be summarized: the options of `summarize` that shape a plan, as plain JSON. What is left out, the worker
 * decides by its own settings.
 */
export type SummaryRequest = Pick<
  SummarizeOptions,
  | "targetTokens"
  | "targetRatio"
  | "contentType"
  | "priorSummary"
  | "tokenMax"
  | "chunkSize"
  | "chunkOverlap"
  | "maxCollapseDepth"
> & {
  /** Another model of the worker's provider, by the provider's name for it. @default the worker's model */
  readonly model?: string | undefined;
};
