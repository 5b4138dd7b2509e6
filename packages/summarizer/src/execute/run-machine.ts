import pLimit from "p-limit";
import { CompletionRejectedError, StepFailedError } from "./step-error.js";
import type { Completion } from "../plan/completion.js";
import { judgeCompletion } from "../plan/judge-completion.js";
import type { PlanMachine } from "../plan/machine.js";
import type { Step } from "../plan/step.js";
import type { Memo } from "../ports/memo.js";
import { callModel, type CallSettings } from "./call-model.js";
import type { Progress } from "./progress.js";
import { ReadySteps } from "./ready-steps.js";

export interface RunSettings extends CallSettings {
  readonly memo: Memo;
  readonly maxConcurrency: number;
  readonly signal: AbortSignal | undefined;
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
  const { signal } = settings;
  signal?.throwIfAborted();
  const limit = pLimit(settings.maxConcurrency);
  const ready = new ReadySteps();
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
      else reject(failure.reason);
    };
    const runNext = async () => {
      const step = ready.takeNext();
      if (step === undefined) return;
      const call = new CallStop();
      underWay.add(call);
      try {
        if (failure !== undefined) return;
        const completion = await completeStep(step, settings, progress, call);
        machine.accept(step.key, completion);
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

/** The completion of one step, from the memo or from the model; a usable one of the model's is in the memo first. */
async function completeStep(
  step: Step,
  settings: RunSettings,
  progress: Progress,
  stop: CallStop,
): Promise<Completion> {
  const { model, memo } = settings;
  progress.stepStarted(step);
  const known = await recall(memo, step);
  if (known !== undefined && judgeCompletion(step, known).kind === "usable") {
    progress.stepDone(step, "memo", known);
    return known;
  }
  const completion = await askModel(step, settings, progress, stop);
  progress.callPaid(completion);
  const judgement = judgeCompletion(step, completion);
  if (judgement.kind === "rejected") {
    throw new CompletionRejectedError(step, model.id, judgement.reason, judgement.detail);
  }
  try {
    await memo.set(step.key, completion);
  } catch (error) {
    progress.memoWriteFailed(error);
  }
  progress.stepDone(step, "model", completion);
  return completion;
}

async function recall(memo: Memo, step: Step): Promise<Completion | undefined> {
  try {
    return await memo.get(step.key);
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
    return await callModel(step.request, settings, {
      signal: stop.cancelled.signal,
      lastAttempt: stop.lastAttempt.signal,
      onRetry: (attempt, afterMs, error) => progress.stepRetried(step, attempt, afterMs, error),
    });
  } catch (error) {
    throw stop.cancelled.signal.aborted ? error : new StepFailedError(step, settings.model.id, error);
  }
}
