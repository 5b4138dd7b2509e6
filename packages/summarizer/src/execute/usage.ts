import { costOf, type ModelPrice } from "../cost/model-price.js";
import type { Completion, CompletionUsage } from "../plan/completion.js";

/** What a run has cost: only calls that were made, not what the memo knew. */
export interface SummaryUsage {
  /** Completions that the model gave, whether they were used or not. */
  readonly calls: number;
  /** Steps that the memo answered. */
  readonly memoHits: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input tokens read from the provider's prompt cache, where it says so; part of `inputTokens`. */
  readonly cachedInputTokens: number;
  /** Input tokens written to the provider's prompt cache, where it says so; part of `inputTokens`. */
  readonly cacheWriteTokens: number;
  /** USD by the run's prices; absent when the model's price is not known. */
  readonly costUsd?: number;
}

export const NO_USAGE: SummaryUsage = {
  calls: 0,
  memoHits: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
};

function tokenCount(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : 0;
}

/** Adds one call. A malformed completion still was a call. */
export function withCall(usage: SummaryUsage, completion: Completion | undefined): SummaryUsage {
  const call: Partial<CompletionUsage> = completion?.usage ?? {};
  return {
    ...usage,
    calls: usage.calls + 1,
    inputTokens: usage.inputTokens + tokenCount(call.inputTokens),
    outputTokens: usage.outputTokens + tokenCount(call.outputTokens),
    cachedInputTokens: usage.cachedInputTokens + tokenCount(call.cachedInputTokens),
    cacheWriteTokens: usage.cacheWriteTokens + tokenCount(call.cacheWriteTokens),
  };
}

/** The same with what it cost, where the price is known. */
export function withCost(usage: SummaryUsage, price: ModelPrice | undefined): SummaryUsage {
  return price === undefined ? usage : { ...usage, costUsd: costOf(usage, price) };
}
