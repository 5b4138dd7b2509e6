import type { CompletionUsage } from "../plan/completion.js";

/** What a model costs, in USD for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input read from the prompt cache. @default `input` */
  readonly cachedInput?: number;
  /** Input written to the prompt cache. @default `input` */
  readonly cacheWrite?: number;
  /** What a batch costs of the live price, in (0, 1]; absent where the vendor has no batches. */
  readonly batchShare?: number;
}

/** Says what a model costs, by its id such as `"anthropic:claude-haiku-4-5"`; `undefined` when it does not know. */
export type PriceList = (modelId: string) => ModelPrice | undefined;

const MILLION = 1_000_000;

/** Sums of fractions carry dust far behind the point: a cost has twelve digits there. */
export function withoutDust(usd: number): number {
  return Number(usd.toFixed(12));
}

function inUsd(millionths: number): number {
  return withoutDust(millionths / MILLION);
}

/** The price of one call in USD. */
export function costOf(usage: CompletionUsage, price: ModelPrice): number {
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  const plainInput = Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
  const total =
    plainInput * price.input +
    cachedInputTokens * (price.cachedInput ?? price.input) +
    cacheWriteTokens * (price.cacheWrite ?? price.input) +
    outputTokens * price.output;
  return inUsd(total);
}

/** The most that a call with so many tokens can cost, whatever the cache does. */
export function highestCostOf(inputTokens: number, outputTokens: number, price: ModelPrice): number {
  const dearestInput = Math.max(price.input, price.cachedInput ?? 0, price.cacheWrite ?? 0);
  return inUsd(inputTokens * dearestInput + outputTokens * price.output);
}
