import type { ModelPrice, PriceList } from "../cost/model-price.js";
import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { Budget } from "../execute/budget.js";
import { wholeNumber } from "./check-value.js";

function isPrice(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

function isModelPrice(value: unknown): value is ModelPrice {
  return (
    typeof value === "object" &&
    value !== null &&
    "input" in value &&
    "output" in value &&
    isPrice(value.input) &&
    isPrice(value.output)
  );
}

/** What the model costs by the caller's list, where the list knows. */
export function resolvePrice(prices: PriceList, modelId: string): ModelPrice | undefined {
  if (typeof prices !== "function") {
    throw new InvalidOptionError("prices", prices, "a function from a model's id to its price");
  }
  const price: unknown = prices(modelId);
  if (price === undefined || isModelPrice(price)) return price;
  throw new InvalidOptionError(
    `prices("${modelId}")`,
    price,
    "{ input, output } in USD for a million tokens, or undefined",
  );
}

/** The limits of a run; one in USD needs a price. */
export function resolveBudget(budget: Budget, modelId: string, price: ModelPrice | undefined): Budget {
  if (typeof budget !== "object" || budget === null) {
    throw new InvalidOptionError("budget", budget, "an object with maxCalls, maxTokens or maxCostUsd");
  }
  const { maxCalls, maxTokens, maxCostUsd, ...unknown } = budget;
  for (const [name, value] of Object.entries(unknown)) {
    throw new InvalidOptionError(
      `budget.${name}`,
      value,
      "nothing: there are maxCalls, maxTokens and maxCostUsd",
    );
  }
  if (maxCalls !== undefined) wholeNumber("budget.maxCalls", maxCalls, 0);
  if (maxTokens !== undefined) wholeNumber("budget.maxTokens", maxTokens, 0);
  if (maxCostUsd !== undefined) {
    if (typeof maxCostUsd !== "number" || !(maxCostUsd >= 0)) {
      throw new InvalidOptionError("budget.maxCostUsd", maxCostUsd, "a number of at least 0");
    }
    if (price === undefined) {
      throw new InvalidOptionError(
        "budget.maxCostUsd",
        maxCostUsd,
        `the price of ${modelId}, which is not known: give it with the option prices`,
      );
    }
  }
  return { maxCalls, maxTokens, maxCostUsd };
}
