import type { BatchClaim } from "@gro/queue";
import type { Completion } from "@gro/summarizer";
import type { BatchProvider } from "../ports/batch-provider.js";
import { Lanes } from "../worker/lanes.js";
import { needsSomebody } from "../worker/provider-health.js";
import type { Tick } from "../worker/worker-parts.js";
import { OthersAnswers } from "./others-answers.js";
import { ResultTally } from "./result-tally.js";

/** How reading a batch's results went. Whatever was read is in the memo. */
export type ResultsRead =
  | { readonly kind: "read"; readonly tally: ResultTally }
  | { readonly kind: "broken"; readonly tally: ResultTally; readonly error: unknown }
  /** The worker is to stop. */
  | { readonly kind: "interrupted" };

/** So many completions are on their way into the memo at a time: enough to share its writes, too few to fill the memory. */
const WRITES_AT_ONCE = 256;

/**
 * Streams a batch's results into the memo. Rejects when the memo cannot store them.
 *
 * @param remembered keys whose completions are there already
 */
export async function readResults(
  tick: Tick,
  provider: BatchProvider,
  { batch }: BatchClaim,
  batchId: string,
  remembered: ReadonlySet<string>,
): Promise<ResultsRead> {
  const { memo } = tick.settings.store;
  const tally = new ResultTally(batch.keys, (kind) => concernsAll(tick, batch.modelId, kind));
  const lanes = new Lanes(WRITES_AT_ONCE);
  const remember = (key: string, completion: Completion) =>
    lanes.start(async () => {
      await memo.set(key, completion);
      await tick.point("result-remembered");
    });
  const isPart = batch.submission.kind === "submitted" && batch.submission.isReopened === true;
  const others = isPart ? new OthersAnswers(tick, batch, batchId, tally) : undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const result of provider.results(batchId, tick.stopping)) {
      if (tick.stopping.aborted || lanes.hasFailed) break;
      const isOwn = tally.take(result);
      if (result.kind === "succeeded") {
        const { key, completion } = result;
        if (!isOwn) await others?.take(key, completion);
        else if (!remembered.has(key)) await remember(key, completion);
      }
      await tick.turns.take();
    }
  } catch (error) {
    failure = { error };
  }
  // What has come before results broke off is there all the same.
  await lanes.finish();
  await others?.finish();
  if (tick.stopping.aborted) return { kind: "interrupted" };
  return failure === undefined ? { kind: "read", tally } : { kind: "broken", tally, error: failure.error };
}

/** Whether a failure of one request is every request's: the account's, or that of the model that all use. */
function concernsAll({ settings }: Tick, modelId: string, kind: string): boolean {
  const isAboutModel = kind === "model_not_found" || kind === "permission_denied";
  return needsSomebody(kind) && !(isAboutModel && modelId !== settings.provider.modelId);
}
