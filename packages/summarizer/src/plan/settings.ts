import type { ContentPrompts } from "./prompts/content-type.js";

/** How long the summary may be: a number of tokens, or a share of the content's tokens in (0, 1]. */
export type Target =
  { readonly kind: "tokens"; readonly tokens: number } | { readonly kind: "ratio"; readonly ratio: number };

/**
 * Everything that shapes a plan, checked and complete. Plain data: it can wait in a queue as JSON and give the same
 * plan in another process.
 */
export interface PlanSettings {
  /** Part of every step key. */
  readonly modelId: string;
  readonly target: Target;
  readonly contentPrompts: ContentPrompts;
  readonly priorSummary: string | null;
  /** The most tokens of summaries that one merge takes in. */
  readonly tokenMax: number;
  readonly chunkSize: number;
  readonly chunkOverlap: number;
  readonly maxCollapseDepth: number;
}

/** The target in tokens for a content of `inputTokens`: a ratio gives at least 1. */
export function resolveTarget(target: Target, inputTokens: number): number {
  return target.kind === "tokens" ? target.tokens : Math.max(1, Math.floor(inputTokens * target.ratio));
}
