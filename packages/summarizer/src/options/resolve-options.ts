import type { ModelPrice } from "../cost/model-price.js";
import { listPrices } from "../cost/price-table.js";
import { InvalidContentError } from "../errors/invalid-content-error.js";
import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { Budget } from "../execute/budget.js";
import { exponentialRetry } from "../execute/exponential-retry.js";
import { memoryMemo } from "../execute/memory-memo.js";
import { systemClock } from "../execute/system-clock.js";
import {
  CONTENT_TYPES,
  promptsFor,
  type ContentPrompts,
  type ContentType,
} from "../plan/prompts/content-type.js";
import type { PlanSettings, Target } from "../plan/settings.js";
import type { Clock } from "../ports/clock.js";
import type { LanguageModel } from "../ports/language-model.js";
import type { Memo } from "../ports/memo.js";
import type { RetryPolicy } from "../ports/retry-policy.js";
import type { SummaryEventSink } from "../ports/summary-events.js";
import type { Tokenizer } from "../ports/tokenizer.js";
import { tiktoken } from "../tokens/tiktoken.js";
import type { SummarizeOptions } from "./summarize-options.js";

/** Every default in one place. */
export const DEFAULTS = {
  tokenMax: 3000,
  chunkSize: 2048,
  chunkOverlap: 200,
  maxConcurrency: 5,
  maxCollapseDepth: 10,
  timeoutMs: 60_000,
  contentType: "general",
  encoding: "o200k_base",
} as const;

/** The longest delay of a timer in every runtime. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** All options, checked and complete. */
export interface ResolvedOptions {
  readonly model: LanguageModel;
  readonly plan: PlanSettings;
  readonly maxConcurrency: number;
  readonly timeoutMs: number;
  readonly tokenizer: Tokenizer;
  readonly memo: Memo;
  readonly retry: RetryPolicy;
  readonly budget: Budget;
  /** The model's price, where it is known. */
  readonly price: ModelPrice | undefined;
  readonly signal: AbortSignal | undefined;
  readonly events: SummaryEventSink | undefined;
  readonly clock: Clock;
}

function wholeNumber(option: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InvalidOptionError(option, value, `a whole number ${range}`);
}

/** An object with these methods: what a port asks for, whoever made it. */
function withMethods<Port>(option: string, value: Port, ...methods: (keyof Port & string)[]): Port {
  const isObject = (typeof value === "object" || typeof value === "function") && value !== null;
  if (isObject && methods.every((method) => typeof value[method] === "function")) return value;
  throw new InvalidOptionError(
    option,
    value,
    `an object with ${methods.map((method) => `${method}()`).join(" and ")}`,
  );
}

function withId<Port extends { readonly id: string }>(option: string, value: Port): Port {
  if (typeof value.id === "string" && value.id !== "") return value;
  throw new InvalidOptionError(`${option}.id`, value.id, "a string that names it");
}

function resolveTarget(options: SummarizeOptions, tokenMax: number): Target {
  const { targetRatio, targetTokens } = options;
  // Both are checked, also the one that does not count: a wrong number is a mistake either way.
  const tokens = wholeNumber("targetTokens", targetTokens ?? tokenMax, 1);
  if (targetRatio === undefined) return { kind: "tokens", tokens };
  if (typeof targetRatio === "number" && targetRatio > 0 && targetRatio <= 1)
    return { kind: "ratio", ratio: targetRatio };
  throw new InvalidOptionError("targetRatio", targetRatio, "a number above 0 and at most 1");
}

function isContentType(value: unknown): value is ContentType {
  return CONTENT_TYPES.some((known) => known === value);
}

function resolveContentPrompts(contentType: ContentType | ContentPrompts): ContentPrompts {
  if (isContentType(contentType)) return promptsFor(contentType);
  const allowed = `${CONTENT_TYPES.map((known) => `"${known}"`).join(", ")}, or an object with the string instructions`;
  if (typeof contentType !== "object" || contentType === null) {
    throw new InvalidOptionError("contentType", contentType, allowed);
  }
  const { instructions, mergeInstructions } = contentType;
  if (typeof instructions !== "string" || instructions.trim() === "") {
    throw new InvalidOptionError("contentType.instructions", instructions, "a string that is not blank");
  }
  if (mergeInstructions === undefined) return { instructions };
  if (typeof mergeInstructions !== "string" || mergeInstructions.trim() === "") {
    throw new InvalidOptionError(
      "contentType.mergeInstructions",
      mergeInstructions,
      "a string that is not blank",
    );
  }
  return { instructions, mergeInstructions };
}

function resolvePriorSummary(priorSummary: unknown): string | null {
  if (priorSummary === undefined || priorSummary === null) return null;
  if (typeof priorSummary === "string") return priorSummary;
  throw new InvalidOptionError("priorSummary", priorSummary, "a string or null");
}

function resolvePrice(prices: unknown, modelId: string): ModelPrice | undefined {
  if (typeof prices !== "function") {
    throw new InvalidOptionError("prices", prices, "a function from a model's id to its price");
  }
  const price: unknown = prices(modelId);
  if (price === undefined) return undefined;
  const { input, output } = Object(price) as Partial<Record<string, unknown>>;
  const isPrice = (value: unknown): value is number => typeof value === "number" && value >= 0;
  if (isPrice(input) && isPrice(output)) return { ...Object(price), input, output };
  throw new InvalidOptionError(
    `prices("${modelId}")`,
    price,
    "{ input, output } in USD for a million tokens, or undefined",
  );
}

function resolveBudget(budget: Budget, modelId: string, price: ModelPrice | undefined): Budget {
  if (typeof budget !== "object" || budget === null) {
    throw new InvalidOptionError("budget", budget, "an object with maxCalls, maxTokens or maxCostUsd");
  }
  const { maxCalls, maxTokens, maxCostUsd } = budget;
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

function resolveRetry(retry: SummarizeOptions["retry"]): RetryPolicy {
  if (retry === undefined) return exponentialRetry();
  if (typeof retry !== "object" || retry === null) {
    throw new InvalidOptionError("retry", retry, "an object with retries and delays, or with decide()");
  }
  return "decide" in retry ? withMethods("retry", retry, "decide") : exponentialRetry(retry);
}

function resolveSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  return signal === undefined
    ? undefined
    : withMethods("signal", signal, "addEventListener", "throwIfAborted");
}

/** The options of chunking alone, checked and complete. */
export function resolveChunkOptions(
  options: Pick<SummarizeOptions, "chunkSize" | "chunkOverlap" | "tokenizer">,
) {
  const chunkSize = wholeNumber("chunkSize", options.chunkSize ?? DEFAULTS.chunkSize, 8);
  const usualOverlap = Math.min(DEFAULTS.chunkOverlap, Math.floor(chunkSize / 8));
  const chunkOverlap = wholeNumber("chunkOverlap", options.chunkOverlap ?? usualOverlap, 0, chunkSize - 1);
  const tokenizer = withId(
    "tokenizer",
    withMethods("tokenizer", options.tokenizer ?? tiktoken(DEFAULTS.encoding), "count"),
  );
  return { chunkSize, chunkOverlap, tokenizer };
}

/** The content, if it is a string. */
export function checkContent(content: unknown): string {
  if (typeof content === "string") return content;
  throw new InvalidContentError(content);
}

/**
 * Checks every option once and fills in the defaults.
 * @throws InvalidOptionError that names the option, the value and what is allowed.
 */
export function resolveOptions(options: SummarizeOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object with a model");
  }
  const model = withId("model", withMethods("model", options.model, "generate"));
  const tokenMax = wholeNumber("tokenMax", options.tokenMax ?? DEFAULTS.tokenMax, 64);
  const { chunkSize, chunkOverlap, tokenizer } = resolveChunkOptions(options);
  const { memo, events, clock } = options;
  const price = resolvePrice(options.prices ?? listPrices, model.id);
  return {
    model,
    plan: {
      modelId: model.id,
      target: resolveTarget(options, tokenMax),
      contentPrompts: resolveContentPrompts(options.contentType ?? DEFAULTS.contentType),
      priorSummary: resolvePriorSummary(options.priorSummary),
      tokenMax,
      chunkSize,
      chunkOverlap,
      maxCollapseDepth: wholeNumber(
        "maxCollapseDepth",
        options.maxCollapseDepth ?? DEFAULTS.maxCollapseDepth,
        1,
        100,
      ),
    },
    maxConcurrency: wholeNumber("maxConcurrency", options.maxConcurrency ?? DEFAULTS.maxConcurrency, 1),
    timeoutMs: wholeNumber("timeoutMs", options.timeoutMs ?? DEFAULTS.timeoutMs, 1, LONGEST_TIMEOUT_MS),
    tokenizer,
    memo: memo === undefined ? memoryMemo() : withMethods("memo", memo, "get", "set"),
    retry: resolveRetry(options.retry),
    price,
    budget: resolveBudget(options.budget ?? {}, model.id, price),
    signal: resolveSignal(options.signal),
    events: events === undefined ? undefined : withMethods("events", events, "emit"),
    clock: clock === undefined ? systemClock() : withMethods("clock", clock, "now", "sleep"),
  };
}
