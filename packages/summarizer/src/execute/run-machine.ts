import pLimit from "p-limit";
import { BudgetExceededError } from "../errors/budget-exceeded-error.js";
import type { BudgetKeeper } from "./budget.js";
import type { FinalText } from "./final-text.js";
import { CompletionRejectedError, isPromptTooLong, StepFailedError } from "./step-error.js";
import type { Tokenizer } from "../ports/tokenizer.js";
import type { Completion } from "../plan/completion.js";
import { judgeInParts } from "../plan/judge-completion.js";
import type { PlanMachine } from "../plan/machine.js";
import type { Step } from "../plan/step.js";
import type { Memo } from "../ports/memo.js";
import { callModel, type CallSettings } from "./call-model.js";
import type { Progress } from "./progress.js";
import { ReadySteps } from "./ready-steps.js";
import { fitToContext, makeShorter } from "./split-too-long.js";
import type { Turns } from "./turns.js";

export interface RunSettings extends CallSettings {
  readonly memo: Memo;
  readonly maxConcurrency: number;
  readonly tokenizer: Tokenizer;
  readonly budget: BudgetKeeper;
  /** Hears the text of the result as it comes. */
  readonly finalText: FinalText | undefined;
  readonly signal: AbortSignal | undefined;
  /** Between two steps everything else in the process gets its turn. */
  readonly turns: Turns;
}

/** How one call under way is stopped. Each call has signals of its own: a shared one would gather a listener for every call. */
class CallStop {
  readonly cancelled = new AbortController();
  readonly lastAttempt = new AbortController();
}

/**
 * The live executor: drives a machine to its end with bounded concurrency. A merge is asked as soon as its own
 * children are there.
 *
 * When a step fails, no further call starts, calls under way are let finish, so that what they cost is in the memo, and then the
 * promise rejects with the first error. When the caller's signal aborts, all calls are stopped and the promise
 * rejects at once with the signal's reason.
 */
export async function runMachine(
  machine: PlanMachine,
  settings: RunSettings,
  progress: Progress,
): Promise<void> {
  const { signal, turns } = settings;
  signal?.throwIfAborted();
  const limit = pLimit(settings.maxConcurrency);
  const ready = new ReadySteps(settings.maxConcurrency, settings.finalText !== undefined);
  const underWay = new Set<CallStop>();
  let failure: { readonly reason: unknown } | undefined;
  let unfinished = 0;

  await new Promise<void>((resolve, reject) => {
    const fail = (reason: unknown) => {
      failure ??= { reason };
      for (const call of underWay) call.lastAttempt.abort(reason);
    };
    const cancel = () => {
      fail(signal?.reason);
      for (const call of underWay) call.cancelled.abort(signal?.reason);
      limit.clearQueue();
      reject(signal?.reason);
    };
    const settle = () => {
      if (unfinished > 0) return;
      signal?.removeEventListener("abort", cancel);
      if (failure === undefined) resolve();
      else reject(withFinalFigures(failure.reason, settings.budget));
    };
    const runNext = async () => {
      const step = ready.takeNext();
      if (step === undefined) return;
      const call = new CallStop();
      underWay.add(call);
      try {
        await turns.take();
        if (failure !== undefined) return;
        const completion = await completeOrSplit(step, machine, settings, progress, call);
        if (completion !== undefined) await turns.drive(machine.acceptInParts(step.key, completion), signal);
        settings.finalText?.advance();
        if (failure === undefined) launchReady();
      } catch (error) {
        fail(error);
      } finally {
        underWay.delete(call);
        unfinished -= 1;
        settle();
      }
    };
    const launchReady = () => {
      for (const step of machine.takeReady()) {
        ready.add(step);
        unfinished += 1;
        void limit(runNext);
      }
    };
    signal?.addEventListener("abort", cancel, { once: true });
    launchReady();
    settle();
  });
}

function withFinalFigures(reason: unknown, budget: BudgetKeeper): unknown {
  return reason instanceof BudgetExceededError ? budget.withFinalFigures(reason) : reason;
}

/**
 * The completion of one step; `undefined` when the step is too long for the model and was divided into shorter ones.
 * @throws InvalidOptionError when it cannot be divided any further and the model's context has no room for it.
 */
async function completeOrSplit(
  step: Step,
  machine: PlanMachine,
  settings: RunSettings,
  progress: Progress,
  stop: CallStop,
): Promise<Completion | undefined> {
  const { turns, model, tokenizer, signal } = settings;
  const fit = await turns.drive(fitToContext(step, machine, model, tokenizer), signal);
  if (fit === "divided") progress.stepSplit();
  if (fit !== "fits") return undefined;
  try {
    return await completeStep(step, settings, progress, stop);
  } catch (error) {
    const isTooLong = error instanceof StepFailedError && isPromptTooLong(error.cause);
    if (!isTooLong) throw error;
    const shortening = await turns.drive(makeShorter(step.key, machine, "refused"), signal);
    if (shortening === "impossible") throw error;
    if (shortening === "divided") progress.stepSplit();
    return undefined;
  }
}

/** The completion of one step, from the memo or from the model; a usable one of the model's is in the memo first. */
async function completeStep(
  step: Step,
  settings: RunSettings,
  progress: Progress,
  stop: CallStop,
): Promise<Completion> {
  const { memo } = settings;
  progress.stepStarted(step);
  const known = await recall(memo, step, settings.turns);
  if (known !== undefined) {
    progress.stepDone(step, "memo", known);
    return known;
  }
  const completion = await askModel(step, settings, progress, stop);
  let isKept = true;
  try {
    await memo.set(step.key, plainCopy(completion));
  } catch (error) {
    isKept = false;
    progress.memoWriteFailed(error);
  }
  progress.stepDone(step, "model", completion, isKept);
  return completion;
}

async function recall(memo: Memo, step: Step, turns: Turns): Promise<Completion | undefined> {
  try {
    const known = await memo.get(step.key);
    if (known === undefined) return undefined;
    const judgement = await turns.drive(judgeInParts(step, known));
    return judgement.kind === "usable" ? plainCopy(known) : undefined;
  } catch (error) {
    throw new StepFailedError(step, "the memo", error);
  }
}

async function askModel(
  step: Step,
  settings: RunSettings,
  progress: Progress,
  stop: CallStop,
): Promise<Completion> {
  try {
    const { finalText } = settings;
    const { rootIndex } = step;
    const isHeard = finalText !== undefined && rootIndex !== null;
    const answer = await callModel(step.request, settings, {
      reserve: () => settings.budget.reserve(step),
      onAttempt: isHeard ? () => finalText.begin(rootIndex) : undefined,
      onText: isHeard ? (text) => finalText.add(rootIndex, text) : undefined,
      signal: stop.cancelled.signal,
      lastAttempt: stop.lastAttempt.signal,
      onRetry: (attempt, afterMs, error) => progress.stepRetried(step, attempt, afterMs, error),
    });
    progress.callPaid(answer);
    const judgement = await settings.turns.drive(judgeInParts(step, answer));
    if (judgement.kind === "usable") return plainCopy(answer);
    throw new CompletionRejectedError(step, settings.model.id, judgement, answer);
  } catch (error) {
    if (
      stop.cancelled.signal.aborted ||
      error instanceof BudgetExceededError ||
      error instanceof CompletionRejectedError
    )
      throw error;
    throw new StepFailedError(step, settings.model.id, error);
  }
}

/** The completion as data of its own: a model may go on changing what it returned, a memo what it was given. */
function plainCopy({ text, finishReason, usage }: Completion): Completion {
  return { text, finishReason, usage: { ...usage } };
}
