import { inOneGo, type InParts } from "./in-parts.js";
import { startMachine, type PlanMachine } from "./machine.js";
import { outcomeOf, type TreeOutcome } from "./outcome.js";
import { createPlan, type Plan } from "./plan.js";
import type { PlanSettings } from "./settings.js";
import type { Tokenizer } from "./tokenizer.js";

/** What a run amounts to; without a summary when the content is blank. */
export type RunOutcome = Omit<TreeOutcome, "summary" | "sources"> & {
  readonly summary: string | null;
  readonly sources: TreeOutcome["sources"] | null;
};

/** One content on its way to its summary, whoever asks its steps, and when. */
export interface SummaryRun {
  readonly plan: Plan;
  /** Says which steps to ask; `null` when none is needed. */
  readonly machine: PlanMachine | null;
  /** @throws RangeError while steps are missing, and InvalidOptionError when the target is too small for one character. */
  outcome(): RunOutcome;
  /** The same as `outcome`, in parts. */
  outcomeInParts(): InParts<RunOutcome>;
}

const NOTHING_DONE = { fit: "as-is", collapseDepth: 0, warnings: [] } as const;

/** What stands without a single call: nothing, or the content itself. */
function outcomeWithoutCalls(plan: Plan & { kind: "empty" | "fits" }): RunOutcome {
  if (plan.kind === "empty") return { ...NOTHING_DONE, summary: null, outputTokens: 0, sources: null };
  const { content, inputTokens } = plan;
  const span = { start: 0, end: content.length };
  return {
    ...NOTHING_DONE,
    summary: content,
    outputTokens: inputTokens,
    sources: { kind: "content", text: content, span, stepKey: null, fit: "as-is", children: [] },
  };
}

/** Plans a content and starts its machine. The same content, settings and completions give the same outcome anywhere. */
export function startRun(content: string, settings: PlanSettings, tokenizer: Tokenizer): SummaryRun {
  return inOneGo(startRunInParts(content, settings, tokenizer));
}

/** The same as `startRun`, in parts, for executors that share their event loop with others: see `Turns`. */
export function* startRunInParts(
  content: string,
  settings: PlanSettings,
  tokenizer: Tokenizer,
): InParts<SummaryRun> {
  const plan = yield* createPlan(content, settings, tokenizer);
  if (plan.kind !== "tree") {
    const outcome = () => outcomeWithoutCalls(plan);
    return {
      plan,
      machine: null,
      outcome,
      // eslint-disable-next-line require-yield -- there is too little to do for a pause
      *outcomeInParts() {
        return outcome();
      },
    };
  }
  const machine = yield* startMachine(plan, tokenizer);
  const outcomeInParts = () => outcomeOf(plan, machine, tokenizer);
  return { plan, machine, outcome: () => inOneGo(outcomeInParts()), outcomeInParts };
}
