import type { BatchClaim } from "@gro/queue";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import type { BatchProvider, ProviderFailure } from "../ports/batch-provider.js";
import { decideRefusal } from "../submit/decide-refusal.js";
import { nameOf } from "../worker/names.js";
import { pauseProvider } from "../worker/pause-provider.js";
import type { Tick } from "../worker/worker-parts.js";
import { blame, kindForRequests } from "./blame.js";
import { closeBatch } from "./close-batch.js";

/** The provider took a batch and turned it down later, as a whole: nothing was done and nothing billed. */
export async function turnedDown(
  tick: Tick,
  provider: BatchProvider,
  claim: BatchClaim,
  failure: ProviderFailure,
): Promise<void> {
  const { settings, providers } = tick;
  const { batch } = claim;
  const { message } = failure;
  const health = providers.healthOf(provider.id);
  const now = settings.clock.now();
  tick.tell("batchRefused", { ...nameOf(batch), failure });
  const hasOwnModel = batch.modelId !== settings.provider.modelId;
  const decision = decideRefusal(failure, batch.keys.length, hasOwnModel);
  switch (decision.kind) {
    case "pause":
      pauseProvider(tick, provider.id, failure);
      await closeBatch(tick, claim, "refused", []);
      return;
    case "divide":
      await closeBatch(tick, claim, "refused", blame(batch.keys, BATCH_FAILURES.batchRejected, message));
      return;
    case "blame":
      if (failure.kind === "invalid_request" && health.requestInvalid())
        pauseProvider(tick, provider.id, failure);
      await closeBatch(tick, claim, "refused", blame(batch.keys, kindForRequests(failure), message));
      return;
    case "back-off": {
      // A full queue is nobody's fault; smaller batches find room in it sooner. Anything else counts as an attempt.
      const isFull = failure.kind === "rate_limited" || failure.kind === "overloaded";
      if (isFull) health.queueFull(batch.keys.length);
      health.backOff(failure, now, settings.batchPollIntervalMs);
      await closeBatch(
        tick,
        claim,
        "refused",
        isFull ? [] : blame(batch.keys, kindForRequests(failure), message),
      );
      return;
    }
  }
}
