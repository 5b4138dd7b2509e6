import { costOf, highestCostOf, withoutDust, type ModelPrice } from "./cost/model-price.js";
import { listPrices } from "./cost/price-table.js";
import { InvalidOptionError } from "./errors/invalid-option-error.js";
import { prepareTokenizer } from "./execute/prepare-tokenizer.js";
import { Turns } from "./execute/turns.js";
import { checkContent, withId, withLimits } from "./options/check-value.js";
import { resolvePlanOptions } from "./options/resolve-plan-options.js";
import { resolvePrice } from "./options/resolve-price.js";
import type { SummarizeOptions } from "./options/summarize-options.js";
import { likelyDemand, NO_DEMAND, worstDemand, type Demand } from "./plan/estimate-plan.js";
import { createPlan } from "./plan/plan.js";
import type { LanguageModel } from "./ports/language-model.js";
import type { Warning } from "./plan/warning.js";

/** The options of `summarize`; of the model only the id is needed, and what of its limits there is to be known. */
export type EstimateOptions = Omit<SummarizeOptions, "model"> & {
  readonly model: Pick<LanguageModel, "id" | "contextTokens" | "reasoningTokens">;
  /**
   * The share of answers that come out too long and are shortened in a second call, from 0 to 1, in the likely case: 0 for a
   * model that keeps its limits, 1 for one that never does. @default 0
   */
  readonly shortenedShare?: number | undefined;
};

/**
 * What a run takes: likely, and at most. The worst case covers models that never keep their limits and providers that count
 * otherwise than we do; it is at least what a budget sets aside for the same calls. Requests that are divided because the
 * model's `contextTokens` has no room for them are in it. It leaves out retries, and requests that the provider refuses as too long.
 */
export interface EstimatedRange {
  readonly likely: number;
  readonly worst: number;
}

/** What a summary will take, without a call. */
export interface Estimate {
  readonly inputTokens: number;
  readonly targetTokens: number;
  readonly chunks: number;
  readonly merges: number;
  readonly calls: EstimatedRange;
  /**
   * Tokens sent and received over all calls. Likely: by the run's tokenizer; other vendors' count up to 30% more, in other
   * scripts than Latin several times as many. Worst: as many as any of them can count.
   */
  readonly callTokens: { readonly input: EstimatedRange; readonly output: EstimatedRange };
  /** USD, live and through a batch API, at worst with all input written to the cache; absent where the price is not known. */
  readonly costUsd?: { readonly live: EstimatedRange; readonly batch?: EstimatedRange };
  readonly warnings: readonly Warning[];
}

function range(likely: number, worst: number): EstimatedRange {
  return { likely: Math.round(likely), worst: Math.ceil(worst) };
}

function costs(likely: Demand, worst: Demand, price: ModelPrice): NonNullable<Estimate["costUsd"]> {
  const live = {
    likely: costOf(likely, price),
    worst: highestCostOf(worst.inputTokens, worst.outputTokens, price),
  };
  const { batchShare } = price;
  if (batchShare === undefined) return { live };
  return {
    live,
    batch: { likely: withoutDust(live.likely * batchShare), worst: withoutDust(live.worst * batchShare) },
  };
}

function checkShare(share: number): number {
  if (typeof share === "number" && share >= 0 && share <= 1) return share;
  throw new InvalidOptionError("shortenedShare", share, "a number from 0 to 1");
}

/**
 * Plans a summary as `summarize` would, and says what it will take: calls, tokens and cost, likely and at worst, live and
 * in batches. Makes no call.
 *
 * @throws InvalidOptionError, InvalidContentError as `summarize` does.
 */
export async function estimate(content: string, options: EstimateOptions): Promise<Estimate> {
  const text = checkContent(content);
  if (typeof options !== "object" || options === null || typeof options.model !== "object") {
    throw new InvalidOptionError("options", options, "an object with a model, or { model: { id } }");
  }
  const model = withLimits(withId("model", options.model));
  const resolved = resolvePlanOptions(options, model.id);
  const price = resolvePrice(options.prices ?? listPrices, model.id);
  const tooLong = checkShare(options.shortenedShare ?? 0);
  const { tokenizer, warning } = await prepareTokenizer(resolved.tokenizer, undefined);
  const turns = new Turns();
  const plan = await turns.drive(createPlan(text, resolved.plan, tokenizer));
  const isTree = plan.kind === "tree";
  const likely = isTree ? await turns.drive(likelyDemand(plan, tokenizer, model, tooLong)) : NO_DEMAND;
  const answers = isTree ? await turns.drive(worstDemand(plan, tokenizer, model)) : NO_DEMAND;
  const thinking = answers.calls * (model.reasoningTokens ?? 0);
  const worst = { ...answers, outputTokens: answers.outputTokens + thinking };
  const nodes = plan.kind === "tree" ? plan.tree.nodes : [];
  const chunks = nodes.filter(({ kind }) => kind === "chunk").length;
  return {
    inputTokens: plan.inputTokens,
    targetTokens: plan.targetTokens,
    chunks,
    merges: nodes.length - chunks,
    calls: range(likely.calls, worst.calls),
    callTokens: {
      input: range(likely.inputTokens, worst.inputTokens),
      output: range(likely.outputTokens, worst.outputTokens),
    },
    ...(price === undefined ? {} : { costUsd: costs(likely, worst, price) }),
    warnings: [...(warning === undefined ? [] : [warning]), ...plan.warnings],
  };
}
