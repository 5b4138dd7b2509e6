import type { BatchName, BatchWorkerEvents } from "@gro/batch";
import type { Figures } from "./figures.js";

/** What is done about each event. */
export type EventListeners = {
  readonly [Name in keyof BatchWorkerEvents]?: (...event: BatchWorkerEvents[Name]) => void;
};

const MS_PER_SECOND = 1_000;

function ofModel({ provider, modelId }: Pick<BatchName, "provider" | "modelId">) {
  return { provider, model: modelId };
}

/** Turns a worker's events into figures. Takes names and numbers from them, and never a sentence. */
export function countEvents(figures: Figures): EventListeners {
  const batch = (event: string, about: Pick<BatchName, "provider" | "modelId">) =>
    figures.count("batches", { ...ofModel(about), event });
  const both = (
    name: "tokens" | "tokensUsed",
    about: Pick<BatchName, "provider" | "modelId">,
    tokens: { readonly inputTokens: number; readonly outputTokens: number },
  ) => {
    figures.count(name, { ...ofModel(about), type: "input" }, tokens.inputTokens);
    figures.count(name, { ...ofModel(about), type: "output" }, tokens.outputTokens);
  };
  const adopted = (told: BatchName) => {
    batch("adopted", told);
    figures.count("stepsSubmitted", ofModel(told), told.requests);
  };
  return {
    tickDone: () => figures.count("ticks", {}),
    batchSubmitted: (told) => {
      batch("submitted", told);
      figures.count("stepsSubmitted", ofModel(told), told.requests);
      figures.count("stepsRetried", ofModel(told), told.retries);
    },
    batchSubmissionUnknown: (told) => {
      batch("unanswered", told);
      figures.count("stepsRetried", ofModel(told), told.retries);
    },
    batchRefused: (told) => batch("refused", told),
    batchAdopted: (told) => {
      // One that is only supposed to be it is counted when its results have shown it.
      if (told.isCertain) adopted(told);
    },
    batchRuledOut: (told) => batch("ruled_out", told),
    batchCanceled: (told) => batch("canceled", told),
    batchClosed: (told) => figures.count("batchesClosed", { ...ofModel(told), reason: told.reason }),
    batchCollected: (told) => {
      const { succeeded, failed, usage, liveCostUsd, wasCandidate, tookMs } = told;
      if (wasCandidate) adopted(told);
      batch("collected", told);
      figures.count("steps", { ...ofModel(told), outcome: "succeeded" }, succeeded);
      for (const [outcome, count] of Object.entries(failed)) {
        figures.count("steps", { ...ofModel(told), outcome }, count);
      }
      both("tokens", told, usage);
      figures.count("tokensCached", { ...ofModel(told), access: "read" }, usage.cachedInputTokens);
      figures.count("tokensCached", { ...ofModel(told), access: "write" }, usage.cacheWriteTokens);
      if (usage.costUsd === undefined || liveCostUsd === undefined) {
        figures.count("batchesUnpriced", ofModel(told));
      } else {
        figures.count("cost", ofModel(told), usage.costUsd);
        figures.count("costSaved", ofModel(told), liveCostUsd - usage.costUsd);
      }
      figures.observe("batchDuration", ofModel(told), tookMs / MS_PER_SECOND);
    },
    resultAnomaly: ({ provider, anomaly, count }) =>
      figures.count("resultAnomalies", { provider, anomaly }, count),
    answerRejected: (told) => {
      const { code, inputTokens, outputTokens } = told;
      figures.count("tokensRejected", { ...ofModel(told), type: "input", code }, inputTokens);
      figures.count("tokensRejected", { ...ofModel(told), type: "output", code }, outputTokens);
    },
    itemSummarized: (told) => {
      const { fit, firstUse, isNew, waitedMs } = told;
      both("tokensUsed", told, firstUse);
      // A page is counted once, however many items of it end with the same summary.
      if (!isNew) return;
      figures.count("pagesSummarized", { ...ofModel(told), fit });
      figures.observe("pageWait", { outcome: "summarized" }, waitedMs / MS_PER_SECOND);
    },
    itemDeadLettered: ({ code, waitedMs }) => {
      figures.count("deadLetters", { code });
      figures.observe("pageWait", { outcome: "dead_lettered" }, waitedMs / MS_PER_SECOND);
    },
    paused: ({ provider, kind }) => figures.count("pauses", { provider, kind }),
    error: ({ code }) => figures.count("errors", { code: code ?? "none" }),
  };
}
