import { BudgetKeeper } from "./budget.js";
import type { FinalText } from "./final-text.js";
import { Progress } from "./progress.js";
import { prepareTokenizer } from "./prepare-tokenizer.js";
import { runMachine } from "./run-machine.js";
import { withCost } from "./usage.js";
import { checkContent } from "../options/check-value.js";
import { resolveOptions } from "../options/resolve-options.js";
import type { SummarizeOptions } from "../options/summarize-options.js";
import { startMachine } from "../plan/machine.js";
import { outcomeOf, type TreeOutcome } from "../plan/outcome.js";
import { createPlan, type Plan } from "../plan/plan.js";
import type { SummaryResult } from "../summary-result.js";

/** What stands without a single call: nothing, or the content itself. */
function outcomeWithoutCalls(plan: Plan & { kind: "empty" | "fits" }) {
  if (plan.kind === "empty") {
    return {
      summary: null,
      outputTokens: 0,
      fit: "as-is",
      collapseDepth: 0,
      sources: null,
      warnings: [],
    } as const;
  }
  const { content, inputTokens } = plan;
  const span = { start: 0, end: content.length };
  return {
    summary: content,
    outputTokens: inputTokens,
    fit: "as-is",
    collapseDepth: 0,
    sources: { kind: "content", text: content, span, stepKey: null, fit: "as-is", children: [] },
    warnings: [],
  } as const;
}

/** Summarizes and tells about it: the whole of `summarize` and of `streamSummary`. */
export async function runSummary(
  content: string,
  options: SummarizeOptions,
  finalText: FinalText | undefined,
): Promise<SummaryResult> {
  const text = checkContent(content);
  const resolved = resolveOptions(options);
  resolved.signal?.throwIfAborted();
  const progress = new Progress(resolved.events);
  const { tokenizer, warning } = await prepareTokenizer(resolved.tokenizer, resolved.signal);
  if (warning !== undefined) progress.warn(warning);

  const plan = createPlan(text, resolved.plan, tokenizer);
  const { inputTokens, targetTokens } = plan;
  const maxCalls = plan.kind === "tree" ? plan.maxCalls : 0;
  progress.planned({ inputTokens, targetTokens, maxCalls }, plan.kind === "tree" ? plan.tree : undefined);

  let outcome: TreeOutcome | ReturnType<typeof outcomeWithoutCalls>;
  if (plan.kind === "tree") {
    const machine = startMachine(plan, tokenizer);
    const budget = new BudgetKeeper(
      resolved.budget,
      resolved.price,
      tokenizer,
      resolved.model.reasoningTokens ?? 0,
      () => progress.stepsInMemo,
    );
    finalText?.follow(machine, plan.tree.roots);
    await runMachine(machine, { ...resolved, tokenizer, budget, finalText }, progress);
    outcome = outcomeOf(plan, machine, tokenizer);
  } else {
    outcome = outcomeWithoutCalls(plan);
  }
  const { summary, outputTokens, fit, collapseDepth, sources } = outcome;
  if (summary !== null) finalText?.end(summary);
  progress.finished(inputTokens, outputTokens);
  return {
    summary,
    inputTokens,
    outputTokens,
    compressionRatio: inputTokens === 0 ? 0 : outputTokens / inputTokens,
    collapseDepth,
    createdAt: new Date(resolved.clock.now()).toISOString(),
    fit,
    usage: withCost(progress.usage, resolved.price),
    sources,
    warnings: [...progress.warnings, ...plan.warnings, ...outcome.warnings],
  };
}
