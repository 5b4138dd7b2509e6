import type { BatchName, BatchWorkerEvents } from "@gro/batch";
import type { EventListeners } from "../count-events.js";
import { requestModel } from "./attributes.js";
import type { TracerShape } from "./telemetry.js";

/** `SpanKind` and `SpanStatusCode` of the specification. */
const INTERNAL = 0;
const CLIENT = 2;
const ERROR = 2;

type Attributes = Record<string, string | number | boolean>;

interface SpanFacts {
  readonly name: string;
  readonly kind: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** The stable name of what went wrong. */
  readonly errorType?: string | undefined;
}

type Collected = BatchWorkerEvents["batchCollected"][0];

/** The commonest failure of a batch that has brought nothing. */
function errorOf({ succeeded, failed }: Collected): string | undefined {
  if (succeeded > 0) return undefined;
  const [worst] = Object.entries(failed).sort(([, one], [, other]) => other - one);
  return worst?.[0];
}

function ofBatch({ provider, modelId, requests, ref }: BatchName): Attributes {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": provider,
    "gen_ai.request.model": requestModel(provider, modelId),
    "gro.batch.ref": ref,
    "gro.batch.requests": requests,
  };
}

function usageOf({ usage }: Pick<Collected, "usage">): Attributes {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cacheWriteTokens,
  };
}

/**
 * One span for each batch that has ended and one for each page that has. They are made at the end, with the times of the store: a
 * batch's day outlives processes, and a span that is open dies with its process.
 * @param guarded runs what the tracer does: what that throws must not keep others from hearing of the event
 */
export function followWithSpans(
  tracer: TracerShape,
  now: () => number,
  guarded: (theirs: () => void) => void,
): EventListeners {
  function tell({ name, kind, startedAt, endedAt, attributes, errorType }: SpanFacts): void {
    guarded(() => {
      const span = tracer.startSpan(name, {
        kind,
        startTime: new Date(startedAt),
        // What happens to be going on in the process is not what the batch belongs to.
        root: true,
        attributes: errorType === undefined ? attributes : { ...attributes, "error.type": errorType },
      });
      if (errorType !== undefined) span.setStatus({ code: ERROR });
      span.end(new Date(endedAt));
    });
  }

  function tellBatch(batch: BatchName, tookMs: number, more: Attributes, errorType?: string): void {
    const endedAt = now();
    const name = `chat ${requestModel(batch.provider, batch.modelId)}`;
    const attributes = { ...ofBatch(batch), ...more };
    tell({ name, kind: CLIENT, startedAt: endedAt - tookMs, endedAt, attributes, errorType });
  }

  function tellPage(waitedMs: number, more: Attributes, errorType?: string): void {
    const endedAt = now();
    const attributes = {
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.workflow.name": "summarize",
      ...more,
    };
    const name = "invoke_workflow summarize";
    tell({ name, kind: INTERNAL, startedAt: endedAt - waitedMs, endedAt, attributes, errorType });
  }

  return {
    batchCollected: (batch) => {
      const { batchId, succeeded, tookMs } = batch;
      const facts = { "gro.batch.id": batchId, "gro.batch.succeeded": succeeded, ...usageOf(batch) };
      tellBatch(batch, tookMs, facts, errorOf(batch));
    },
    batchRefused: (batch) => tellBatch(batch, 0, {}, batch.failure.kind),
    itemSummarized: (item) => {
      const { pageId, provider, modelId, fit, isNew, waitedMs } = item;
      if (!isNew) return;
      tellPage(waitedMs, {
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": requestModel(provider, modelId),
        ...usageOf(item),
        "gro.page.id": pageId,
        "gro.fit": fit,
      });
    },
    itemDeadLettered: ({ pageId, code, waitedMs }) => tellPage(waitedMs, { "gro.page.id": pageId }, code),
  };
}
