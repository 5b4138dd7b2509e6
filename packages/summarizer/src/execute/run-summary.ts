import { BudgetKeeper } from "./budget.js";
import type { FinalText } from "./final-text.js";
import { Progress } from "./progress.js";
import { prepareTokenizer } from "./prepare-tokenizer.js";
import { resultOfRun } from "./result-of-run.js";
import { runMachine } from "./run-machine.js";
import { Turns } from "./turns.js";
import { withCost } from "./usage.js";
import { checkContent } from "../options/check-value.js";
import { resolveOptions } from "../options/resolve-options.js";
import type { SummarizeOptions } from "../options/summarize-options.js";
import { mostCalls } from "../plan/estimate-plan.js";
import { startRunInParts } from "../plan/summary-run.js";
import type { SummaryResult } from "../summary-result.js";

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

  const turns = new Turns();
  const run = await turns.drive(startRunInParts(text, resolved.plan, tokenizer), resolved.signal);
  const { plan, machine } = run;
  const { inputTokens, targetTokens } = plan;
  const maxCalls =
    plan.kind === "tree" ? await turns.drive(mostCalls(plan, tokenizer, resolved.model), resolved.signal) : 0;
  progress.planned({ inputTokens, targetTokens, maxCalls }, plan.kind === "tree" ? plan.tree : undefined);

  if (plan.kind === "tree" && machine !== null) {
    const budget = new BudgetKeeper(
      resolved.budget,
      resolved.price,
      tokenizer,
      resolved.model.reasoningTokens ?? 0,
      () => (resolved.isMemoGiven ? progress.stepsInMemo : undefined),
    );
    finalText?.follow(machine, plan.tree.roots);
    await runMachine(machine, { ...resolved, tokenizer, budget, finalText, turns }, progress);
  }
  const { usage, warnings } = progress;
  const finishedAt = resolved.clock.now();
  const facts = { usage: withCost(usage, resolved.price), finishedAt, warnings };
  const result = await resultOfRun(run, facts, turns);
  if (result.summary !== null) finalText?.end(result.summary);
  progress.finished(inputTokens, result.outputTokens);
  return result;
}
