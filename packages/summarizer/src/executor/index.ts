/**
 * For executors: everything that asks the steps of a summary in its own way and time, such as through a batch API. `startRun`
 * plans, its machine says what to ask and takes the completions, and `resultOfRun` puts the result together.
 */
export { startRun, startRunInParts, type RunOutcome, type SummaryRun } from "../plan/summary-run.js";
export { inOneGo, type InParts } from "../plan/in-parts.js";
export type { PlanMachine } from "../plan/machine.js";
export type { Plan, TreePlan } from "../plan/plan.js";
export type { PlanSettings } from "../plan/settings.js";
export { describeStep, stepKey, type Step } from "../plan/step.js";
export { judgeCompletion, judgeInParts, type Judgement } from "../plan/judge-completion.js";
export { wholeNumber, withId, withMethods } from "../options/check-value.js";
export { resolvePlanOptions, type PlanOptions } from "../options/resolve-plan-options.js";
export { prepareTokenizer, type ReadyTokenizer } from "../execute/prepare-tokenizer.js";
export { resultOfRun, type RunFacts } from "../execute/result-of-run.js";
export { NO_USAGE, withCall, withCost } from "../execute/usage.js";
export { fitToContext, makeShorter } from "../execute/split-too-long.js";
export { Turns } from "../execute/turns.js";
export { callModel, type CallControl, type CallSettings } from "../execute/call-model.js";
export { reasonOf } from "../errors/reason-of.js";
