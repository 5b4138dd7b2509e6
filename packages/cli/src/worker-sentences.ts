import type { BatchWorkerEvents, ClosingReason, CollectedBatch, ResultAnomaly } from "@gro/batch";
import { counted, dollars, duration, grouped } from "./figures.js";
import { withFlagNames } from "./flag-names.js";

/** An event for people. `trouble`: somebody may have to do something. */
export interface Sentence {
  readonly kind: "news" | "trouble";
  readonly text: string;
}

/** How an event is told; `undefined` for one that another event tells better. */
type Tell<Name extends keyof BatchWorkerEvents> = (event: BatchWorkerEvents[Name][0]) => Sentence | undefined;

function news(text: string): Sentence {
  return { kind: "news", text };
}

function trouble(text: string): Sentence {
  return { kind: "trouble", text };
}

const CLOSINGS: Readonly<Record<ClosingReason, string | undefined>> = {
  // Told with what it brought, and with the refusal.
  collected: undefined,
  refused: undefined,
  vanished: "the provider does not know it any more: its requests are sent again",
  not_created: "it was never created: its requests are sent again",
  not_needed: "everything that it was to ask is answered already",
  orphaned: "the process that ran it is gone: what is not answered is asked again",
};

const ANOMALIES: Readonly<Record<ResultAnomaly, string>> = {
  unknown_key: "of requests that were not in it",
  duplicate_key: "that came twice",
  malformed_result: "that cannot be read",
  short_read: "missing so far: they are read again",
  no_result: "missing: their requests are sent again",
};

const CANCELINGS = {
  deadline: "its deadline is over",
  duplicate: "it was created twice",
  taken_over: "another worker has sent its requests",
  stopped: "the worker stops",
} as const;

function failures(failed: CollectedBatch["failed"]): string {
  const kinds = Object.entries(failed);
  if (kinds.length === 0) return "";
  const all = kinds.reduce((sum, [, count]) => sum + count, 0);
  return `, ${grouped(all)} without (${kinds.map(([kind, count]) => `${kind} ${grouped(count)}`).join(", ")})`;
}

function bill({ inputTokens, outputTokens, costUsd }: CollectedBatch["usage"]): string {
  const tokens = `${grouped(inputTokens)} -> ${counted(outputTokens, "token")}`;
  // A model on this machine costs nothing, and no line needs to say so.
  return costUsd === undefined || costUsd === 0 ? tokens : `${tokens}, ${dollars(costUsd)}`;
}

/** Every event of a worker in a sentence. */
export const WORKER_SENTENCES: { readonly [Name in keyof BatchWorkerEvents]: Tell<Name> } = {
  tickDone: () => undefined,
  batchReserved: () => undefined,
  batchSubmitted: ({ batchId, provider, modelId, requests }) =>
    news(`batch ${batchId} submitted to ${provider}: ${counted(requests, "request")} for ${modelId}.`),
  batchSubmissionUnknown: ({ ref, requests, failure }) =>
    trouble(
      `no answer to a batch of ${counted(requests, "request")}: ${failure.message} ` +
        `It is looked for before anything is sent again (ref ${ref}).`,
    ),
  batchRefused: ({ provider, requests, failure }) =>
    trouble(
      `${provider} turned down a batch of ${counted(requests, "request")}: ${withFlagNames(failure.message)}`,
    ),
  batchAdopted: ({ batchId, ref, isCertain }) =>
    news(
      isCertain
        ? `batch ${batchId} found again (ref ${ref}).`
        : `batch ${batchId} may be the one that was not answered: its results will tell (ref ${ref}).`,
    ),
  batchRuledOut: ({ batchId }) => news(`batch ${batchId} is another one.`),
  batchCanceled: ({ batchId, reason }) => news(`batch ${batchId} canceled: ${CANCELINGS[reason]}.`),
  batchCollected: ({ batchId, succeeded, failed, usage }) =>
    news(`batch ${batchId} collected: ${counted(succeeded, "answer")}${failures(failed)}, ${bill(usage)}.`),
  batchClosed: ({ ref, reason }) => {
    const closing = CLOSINGS[reason];
    return closing === undefined ? undefined : news(`batch with ref ${ref}: ${closing}.`);
  },
  resultAnomaly: ({ batchId, anomaly, count }) =>
    trouble(`batch ${batchId}: ${counted(count, "result")} ${ANOMALIES[anomaly]}.`),
  // Told with the dead letter that it leads to.
  answerRejected: () => undefined,
  itemSummarized: ({ pageId, inputTokens, outputTokens, fit, isNew, waitedMs }) =>
    news(
      isNew
        ? `page ${pageId} summarized: ${grouped(inputTokens)} -> ${counted(outputTokens, "token")} (${fit}), ` +
            `${duration(waitedMs)} after it was queued.`
        : `page ${pageId} has its summary already.`,
    ),
  itemDeadLettered: ({ pageId, code, message }) =>
    trouble(`page ${pageId} is a dead letter: ${code}: ${message}`),
  paused: ({ provider, message, until }) =>
    trouble(
      `paused, nothing is sent to ${provider}: ${withFlagNames(message)} Tried again at ${new Date(until).toISOString()}.`,
    ),
  resumed: ({ provider }) => trouble(`${provider} takes batches again.`),
  error: ({ doing, message, pageId, ref }) => {
    const about = pageId === undefined ? (ref === undefined ? "" : ` (ref ${ref})`) : ` (page ${pageId})`;
    return trouble(`${doing} failed${about}: ${message}`);
  },
};
