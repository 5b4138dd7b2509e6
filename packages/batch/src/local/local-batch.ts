import {
  exponentialRetry,
  InvalidOptionError,
  systemClock,
  type Clock,
  type LanguageModel,
  type RetryOptions,
  type RetryPolicy,
} from "@gro/summarizer";
import { wholeNumber, withId, withMethods } from "@gro/summarizer/executor";
import type { BatchProvider } from "../ports/batch-provider.js";
import { Lanes } from "../worker/lanes.js";
import { LOCAL_PROVIDER_ID } from "./local-provider-id.js";
import { LocalRun } from "./local-run.js";
import { LocalRuns } from "./local-runs.js";

/** The settings of a local batch provider. */
export interface LocalBatchOptions {
  /** Calls under way at once, over all batches: from 1. @default 5 */
  readonly maxConcurrency?: number | undefined;
  /** The longest that one call may take, in milliseconds: from 1. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** How calls that failed are made again: numbers, or a policy of your own. @default 3 retries from 1 to 30 s */
  readonly retry?: RetryOptions | RetryPolicy | undefined;
  /** The most requests in a batch: from 1. Items move on when all of their batch is done. @default 1000 */
  readonly maxRequests?: number | undefined;
  /** Makes the models that items name. @default none: such items are dead letters */
  readonly modelFor?: ((name: string) => LanguageModel) | undefined;
  /** @default the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of batches: never the same twice in this process. @default crypto.randomUUID */
  readonly randomId?: (() => string) | undefined;
}

function checkModel(model: LanguageModel): LanguageModel {
  return withId("model", withMethods("model", model, "generate"));
}

/** Prompts wait in memory until it is their turn. */
const MOST_BYTES = 128 * 1024 * 1024;
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Runs any model as if it had a batch API: calls it in this process, now, with bounded concurrency. Each completion is in the memo as
 * soon as it is there. A batch lives as long as its process: when that dies, what was not answered is asked anew.
 * @throws InvalidOptionError that names the option, the value and what is allowed.
 */
export function localBatch(model: LanguageModel, options: LocalBatchOptions = {}): BatchProvider {
  const { retry, modelFor, clock, randomId = () => crypto.randomUUID() } = options;
  checkModel(model);
  if (modelFor !== undefined && typeof modelFor !== "function") {
    throw new InvalidOptionError("modelFor", modelFor, "a function from a name to a model");
  }
  const maxRequests = wholeNumber("maxRequests", options.maxRequests ?? 1_000, 1);
  const call = {
    clock: clock === undefined ? systemClock() : withMethods("clock", clock, "now", "sleep"),
    timeoutMs: wholeNumber("timeoutMs", options.timeoutMs ?? 60_000, 1, LONGEST_TIMER_MS),
    retry:
      retry !== undefined && "decide" in retry
        ? withMethods("retry", retry, "decide")
        : exponentialRetry(retry),
  };
  const lanes = new Lanes(wholeNumber("maxConcurrency", options.maxConcurrency ?? 5, 1));
  const runs = new LocalRuns();

  function providerOf(own: LanguageModel): BatchProvider {
    return {
      id: LOCAL_PROVIDER_ID,
      modelId: own.id,
      limits: { maxRequests, maxBytes: MOST_BYTES },
      ...(own.contextTokens === undefined ? {} : { contextTokens: own.contextTokens }),
      ...(own.reasoningTokens === undefined ? {} : { reasoningTokens: own.reasoningTokens }),
      ...(modelFor === undefined
        ? {}
        : { withModel: (name: string) => providerOf(checkModel(modelFor(name))) }),
      // Two bytes a character, as engines keep text.
      sizeOf: ({ request }) => 2 * (request.system.length + request.prompt.length),
      async submit(submission) {
        const batchId = randomId();
        runs.add(batchId, new LocalRun(submission, { ...call, model: own }, lanes));
        return { kind: "created", batchId };
      },
      async status(batchId) {
        return runs.get(batchId)?.status() ?? { kind: "missing" };
      },
      async *results(batchId) {
        yield* runs.get(batchId)?.results() ?? [];
        runs.wasRead(batchId);
      },
      async cancel(batchId) {
        runs.get(batchId)?.cancel();
      },
      async find({ ref }) {
        return runs.withRef(ref).map((batchId) => ({ batchId, isCertain: true }));
      },
      async whenEnded(batchId) {
        await runs.get(batchId)?.ended;
      },
    };
  }

  return providerOf(model);
}
