import type { SummaryRun } from "../plan/summary-run.js";
import type { Warning } from "../plan/warning.js";
import type { SummaryResult } from "../summary-result.js";
import type { SummaryUsage } from "./usage.js";

/** What an executor knows of a run beside its plan. */
export interface RunFacts {
  readonly usage: SummaryUsage;
  /** Milliseconds since the epoch. */
  readonly finishedAt: number;
  readonly warnings: readonly Warning[];
}

/** The result of a finished run, the same whichever executor asked its steps. */
export function resultOfRun(run: SummaryRun, { usage, finishedAt, warnings }: RunFacts): SummaryResult {
  const { inputTokens } = run.plan;
  const { summary, outputTokens, fit, collapseDepth, sources, warnings: found } = run.outcome();
  return {
    summary,
    inputTokens,
    outputTokens,
    compressionRatio: inputTokens === 0 ? 0 : outputTokens / inputTokens,
    collapseDepth,
    createdAt: new Date(finishedAt).toISOString(),
    fit,
    usage,
    sources,
    warnings: [...warnings, ...run.plan.warnings, ...found],
  };
}
