import type { SummaryRun } from "../plan/summary-run.js";
import type { Warning } from "../plan/warning.js";
import type { SummaryResult } from "../summary-result.js";
import type { Turns } from "./turns.js";
import type { SummaryUsage } from "./usage.js";

/** What an executor knows of a run beside its plan. */
export interface RunFacts {
  readonly usage: SummaryUsage;
  /** Milliseconds since the epoch. */
  readonly finishedAt: number;
  readonly warnings: readonly Warning[];
}

/** The result of a finished run, the same whichever executor asked its steps. */
export async function resultOfRun(
  run: SummaryRun,
  { usage, finishedAt, warnings }: RunFacts,
  turns: Turns,
): Promise<SummaryResult> {
  const { inputTokens } = run.plan;
  const outcome = await turns.drive(run.outcomeInParts());
  const { summary, outputTokens, fit, collapseDepth, sources, warnings: found } = outcome;
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
