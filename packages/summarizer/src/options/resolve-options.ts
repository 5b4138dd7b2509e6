import type { ModelPrice } from "../cost/model-price.js";
import { listPrices } from "../cost/price-table.js";
import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { Budget } from "../execute/budget.js";
import { exponentialRetry } from "../execute/exponential-retry.js";
import { memoryMemo } from "../execute/memory-memo.js";
import { systemClock } from "../execute/system-clock.js";
import type { PlanSettings } from "../plan/settings.js";
import type { Clock } from "../ports/clock.js";
import type { LanguageModel } from "../ports/language-model.js";
import type { Memo } from "../ports/memo.js";
import type { RetryPolicy } from "../ports/retry-policy.js";
import type { SummaryEventSink } from "../ports/summary-events.js";
import type { Tokenizer } from "../ports/tokenizer.js";
import { wholeNumber, withId, withLimits, withMethods } from "./check-value.js";
import { DEFAULTS } from "./defaults.js";
import { resolvePlanOptions } from "./resolve-plan-options.js";
import { resolveBudget, resolvePrice } from "./resolve-price.js";
import type { SummarizeOptions } from "./summarize-options.js";

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
  /** Whether the caller gave the memo, so that a later run can have it too. */
  readonly isMemoGiven: boolean;
  readonly retry: RetryPolicy;
  readonly budget: Budget;
  /** The model's price, where it is known. */
  readonly price: ModelPrice | undefined;
  readonly signal: AbortSignal | undefined;
  readonly events: SummaryEventSink | undefined;
  readonly clock: Clock;
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

/**
 * Checks every option once and fills in the defaults.
 * @throws InvalidOptionError that names the option, the value and what is allowed.
 */
export function resolveOptions(options: SummarizeOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object with a model");
  }
  const model = withLimits(withId("model", withMethods("model", options.model, "generate")));
  const { memo, events, clock } = options;
  const price = resolvePrice(options.prices ?? listPrices, model.id);
  return {
    model,
    ...resolvePlanOptions(options, model.id),
    maxConcurrency: wholeNumber("maxConcurrency", options.maxConcurrency ?? DEFAULTS.maxConcurrency, 1),
    timeoutMs: wholeNumber("timeoutMs", options.timeoutMs ?? DEFAULTS.timeoutMs, 1, LONGEST_TIMEOUT_MS),
    memo: memo === undefined ? memoryMemo() : withMethods("memo", memo, "get", "set"),
    isMemoGiven: memo !== undefined,
    retry: resolveRetry(options.retry),
    price,
    budget: resolveBudget(options.budget ?? {}, model.id, price),
    signal: resolveSignal(options.signal),
    events: events === undefined ? undefined : withMethods("events", events, "emit"),
    clock: clock === undefined ? systemClock() : withMethods("clock", clock, "now", "sleep"),
  };
}
