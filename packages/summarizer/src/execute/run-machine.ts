import pLimit from "p-limit";
import { CompletionRejectedError, StepFailedError } from "../errors/step-error.js";
import type { Completion } from "../plan/completion.js";
import { judgeCompletion } from "../plan/judge-completion.js";
import type { PlanMachine } from "../plan/machine.js";
import type { Step } from "../plan/step.js";
import type { Memo } from "../ports/memo.js";
import { callModel, type CallSettings } from "./call-model.js";
import type { Progress } from "./progress.js";

export interface RunSettings extends CallSettings {
  readonly memo: Memo;
  readonly maxConcurrency: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The live executor: drives a machine to its end with bounded concurrency. A merge is asked as soon as its own
 * children are there.
 *
 * When a step fails, no further call starts, calls under way are let finish, so that what they cost is in the memo, and then the
 * promise rejects with the first error. When the caller's signal aborts, all calls are stopped and the promise
 * rejects at once with the signal's reason.
 */
export async function runMachine(machine: PlanMachine, settings: RunSettings, progress: Progress): Promise<void> {
  const { signal } = settings;
  signal?.throwIfAborted();
  const cancelled = new AbortController();
  const failed = new AbortController();
  const limit = pLimit(settings.maxConcurrency);
  let unfinished = 0;

  await new Promise<void>((resolve, reject) => {
    const cancel = () => {
      cancelled.abort(signal?.reason);
      failed.abort(signal?.reason);
      limit.clearQueue();
      reject(signal?.reason);
    };
    const settle = () => {
      if (unfinished > 0) return;
      signal?.removeEventListener("abort", cancel);
      if (failed.signal.aborted) reject(failed.signal.reason);
      else resolve();
    };
    const runOne = async (step: Step) => {
      try {
        if (failed.signal.aborted) return;
        const completion = await completeStep(step, settings, progress, {
          signal: cancelled.signal,
          lastAttempt: failed.signal,
        });
        machine.accept(step.key, completion);
        if (!failed.signal.aborted) launchReady();
      } catch (error) {
        failed.abort(error);
      } finally {
        unfinished -= 1;
        settle();
      }
    };
    const launchReady = () => {
      for (const step of machine.takeReady()) {
        unfinished += 1;
        void limit(runOne, step);
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
  signals: { readonly signal: AbortSignal; readonly lastAttempt: AbortSignal },
): Promise<Completion> {
  const { model, memo } = settings;
  progress.stepStarted(step);
  const known = await memo.get(step.key).catch((error: unknown) => {
    throw new StepFailedError(step, "the memo", error);
  });
  if (known !== undefined && judgeCompletion(step, known).kind === "usable") {
    progress.stepDone(step, "memo", known);
    return known;
  }
  const completion = await callModel(step.request, settings, {
    ...signals,
    onRetry: (attempt, afterMs, error) => progress.stepRetried(step, attempt, afterMs, error),
  }).catch((error: unknown) => {
    throw signals.signal.aborted ? error : new StepFailedError(step, model.id, error);
  });
  const judgement = judgeCompletion(step, completion);
  if (judgement.kind === "rejected") {
    progress.callPaid(completion);
    throw new CompletionRejectedError(step, model.id, judgement.reason, judgement.detail);
  }
  await memo.set(step.key, completion).catch((error: unknown) => progress.memoWriteFailed(error));
  progress.callPaid(completion);
  progress.stepDone(step, "model", completion);
  return completion;
}
