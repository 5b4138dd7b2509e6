import { Progress } from "./execute/progress.js";
import { prepareTokenizer } from "./execute/prepare-tokenizer.js";
import { runMachine } from "./execute/run-machine.js";
import { checkContent, resolveOptions } from "./options/resolve-options.js";
import type { SummarizeOptions } from "./options/summarize-options.js";
import { startMachine } from "./plan/machine.js";
import { outcomeOf, type TreeOutcome } from "./plan/outcome.js";
import { createPlan, type Plan } from "./plan/plan.js";
import type { SummaryResult } from "./summary-result.js";

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

/**
 * Summarizes `content` to at most the target: as it is when it fits, else by a tree of model calls.
 *
 * @throws InvalidOptionError, InvalidContentError before any call.
 * @throws StepFailedError when the model fails for good; the model's error is its `cause`.
 * @throws CompletionRejectedError when the model answers with nothing that can be used.
 * @throws The signal's reason, when `options.signal` aborts.
 */
export async function summarize(content: string, options: SummarizeOptions): Promise<SummaryResult> {
  const text = checkContent(content);
  const resolved = resolveOptions(options);
  resolved.signal?.throwIfAborted();
  const progress = new Progress(resolved.events);
  const { tokenizer, warning } = await prepareTokenizer(resolved.tokenizer);
  if (warning !== undefined) progress.warn(warning);

  const plan = createPlan(text, resolved.plan, tokenizer);
  const { inputTokens, targetTokens } = plan;
  const maxCalls = plan.kind === "tree" ? plan.maxCalls : 0;
  progress.planned({ inputTokens, targetTokens, maxCalls }, plan.kind === "tree" ? plan.tree : undefined);

  let outcome: TreeOutcome | ReturnType<typeof outcomeWithoutCalls>;
  if (plan.kind === "tree") {
    const machine = startMachine(plan, tokenizer);
    await runMachine(machine, resolved, progress);
    outcome = outcomeOf(plan, machine, tokenizer);
  } else {
    outcome = outcomeWithoutCalls(plan);
  }
  progress.finished(inputTokens, outcome.outputTokens);
  const { summary, outputTokens, fit, collapseDepth, sources } = outcome;
  return {
    summary,
    inputTokens,
    outputTokens,
    compressionRatio: inputTokens === 0 ? 0 : outputTokens / inputTokens,
    collapseDepth,
    createdAt: new Date(resolved.clock.now()).toISOString(),
    fit,
    usage: progress.usage,
    sources,
    warnings: [...progress.warnings, ...plan.warnings, ...outcome.warnings],
  };
}
