import type { ModelPrice, PriceList } from "./model-price.js";

/** The shape of `@pydantic/genai-prices`, which has the prices of many more models and is not a dependency. */
export interface GenaiPrices {
  calcPrice(
    usage: {
      input_tokens: number;
      output_tokens: number;
      cache_read_tokens?: number;
      cache_write_tokens?: number;
    },
    model: string,
    options: { providerId: string },
  ): { readonly total_price: number } | null;
}

/** Small enough for every vendor's lowest price tier, large enough to be exact. */
const SAMPLE_TOKENS = 1_000;

/**
 * Prices from `@pydantic/genai-prices`: `prices: genaiPrices(await import("@pydantic/genai-prices"))`. Model ids are read as
 * `"<provider>:<model>"`. Batch prices are not in it: a batch counts as half for Anthropic and OpenAI.
 */
export function genaiPrices(library: GenaiPrices): PriceList {
  return (modelId) => {
    const [providerId = "", name = ""] = modelId.replace(/;.*$/su, "").split(/:(.*)/su);
    const perMillion = (usage: { input?: number; output?: number; read?: number; write?: number }) => {
      const { input = 0, output = 0, read = 0, write = 0 } = usage;
      const counted = {
        input_tokens: input,
        output_tokens: output,
        cache_read_tokens: read,
        cache_write_tokens: write,
      };
      const price = library.calcPrice(counted, name, { providerId });
      return price === null ? undefined : (price.total_price * 1_000_000) / SAMPLE_TOKENS;
    };
    const input = perMillion({ input: SAMPLE_TOKENS });
    const output = perMillion({ output: SAMPLE_TOKENS });
    if (input === undefined || output === undefined) return undefined;
    const hasBatches = providerId === "anthropic" || providerId === "openai";
    const price: ModelPrice = {
      input,
      output,
      cachedInput: perMillion({ input: SAMPLE_TOKENS, read: SAMPLE_TOKENS }) ?? input,
      cacheWrite: perMillion({ input: SAMPLE_TOKENS, write: SAMPLE_TOKENS }) ?? input,
      ...(hasBatches ? { batchShare: 0.5 } : {}),
    };
    return price;
  };
}
