import type { ModelPrice, PriceList } from "./model-price.js";

/**
 * List prices in USD for a million tokens, live, for prompts of ordinary length; collected on 2026-11-20 from the vendors'
 * price pages. Prices change: callers override them with the option `prices`.
 */
const LISTED: Readonly<Record<string, ModelPrice>> = {
  "anthropic:claude-haiku-4-5": anthropicPrice(1, 5),
  "anthropic:claude-haiku-5-5": anthropicPrice(0.1, 0.5),
  "anthropic:claude-sonnet-5-5": anthropicPrice(2, 10),
  "anthropic:claude-opus-5": anthropicPrice(5, 25),
  "anthropic:claude-opus-5-5": anthropicPrice(4, 20),
  "openai:gpt-4o": openaiPrice(2.5, 10, 1.25),
  "openai:gpt-4o-mini": openaiPrice(0.15, 0.6, 0.075),
  "openai:gpt-4.1": openaiPrice(2, 8, 0.5),
  "openai:gpt-4.1-mini": openaiPrice(0.4, 1.6, 0.1),
  "openai:gpt-4.1-nano": openaiPrice(0.1, 0.4, 0.025),
  "openai:gpt-5": openaiPrice(1.25, 10, 0.125),
  "openai:gpt-5-mini": openaiPrice(0.25, 2, 0.025),
  "openai:gpt-5-nano": openaiPrice(0.05, 0.4, 0.005),
  "extractive:1": { input: 0, output: 0 },
};

/** A cache read costs a tenth of the input, a write a quarter more than it, a batch half. */
function anthropicPrice(input: number, output: number): ModelPrice {
  return { input, output, cachedInput: input * 0.1, cacheWrite: input * 1.25, batchShare: 0.5 };
}

/** Writing to the cache costs nothing extra, a batch half. */
function openaiPrice(input: number, output: number, cachedInput: number): ModelPrice {
  return { input, output, cachedInput, batchShare: 0.5 };
}

/** The id without what does not change the price: settings after a semicolon, a date at the end. */
function listedName(modelId: string): string {
  return modelId.replace(/;.*$/su, "").replace(/-\d{8}$|-\d{4}-\d{2}-\d{2}$/u, "");
}

/** The prices that come with the library. Unknown models have none: a cost is absent then, never 0. */
export const listPrices: PriceList = (modelId) => {
  const name = listedName(modelId);
  return Object.hasOwn(LISTED, name) ? LISTED[name] : undefined;
};
