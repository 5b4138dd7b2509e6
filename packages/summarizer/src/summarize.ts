import { runSummary } from "./execute/run-summary.js";
import type { SummarizeOptions } from "./options/summarize-options.js";
import type { SummaryResult } from "./summary-result.js";

/**
 * Summarizes `content` to at most the target: as it is when it fits, else by a tree of model calls.
 *
 * @throws InvalidOptionError, InvalidContentError before any call; the former also at the end, when the target is too small
 *   for a single character of the summary.
 * @throws StepFailedError when the model fails for good; the model's error is its `cause`.
 * @throws CompletionRejectedError when the model answers with nothing that can be used.
 * @throws BudgetExceededError before the call that could break `options.budget`.
 * @throws The signal's reason, when `options.signal` aborts.
 */
export async function summarize(content: string, options: SummarizeOptions): Promise<SummaryResult> {
  return runSummary(content, options, undefined);
}
