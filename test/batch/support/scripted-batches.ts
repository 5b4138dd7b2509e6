import type {
  BatchCounts,
  BatchProvider,
  BatchRequest,
  BatchResult,
  BatchStatus,
  BatchSubmission,
  FoundBatch,
  LookUp,
  ProviderFailure,
} from "@gro/batch";
import { approximate, ModelError, type Clock, type Completion, type ModelErrorKind } from "@gro/summarizer";
import { answerAs, type Behaviour } from "@gro/summarizer/testing";

/** What becomes of one request when its batch ends. */
export type Outcome =
  | "succeeded"
  | "expired"
  | "canceled"
  /** Billed as nothing and failed. */
  | { readonly fails: ModelErrorKind }
  | { readonly answers: Behaviour }
  | Completion;

/** What happens to one submission. */
export type Arrival =
  | "created"
  /** The batch exists, and the answer that says so is lost. */
  | "answer-lost"
  /** Nothing arrived, and nobody can know. */
  | "request-lost"
  | { readonly refused: ModelErrorKind; readonly status?: number; readonly retryAfterMs?: number };

export interface ScriptedBatch {
  readonly batchId: string;
  readonly ref: string;
  readonly modelId: string;
  readonly createdAt: number;
  readonly requests: readonly BatchRequest[];
  endsAt: number;
  canceled: boolean;
  /** Set when it has ended. */
  results: readonly BatchResult[] | undefined;
}

export interface ScriptedBatchesOptions {
  readonly clock: Pick<Clock, "now">;
  readonly id?: string;
  readonly modelId?: string;
  readonly models?: readonly string[];
  readonly contextTokens?: number;
  readonly maxRequests?: number;
  readonly maxBytes?: number;
  /** How models answer. @default "obedient" */
  readonly behaviour?: Behaviour;
  /** How long a batch takes. @default 60000 */
  readonly endsAfterMs?: number | ((batch: ScriptedBatch) => number);
  /** Whether look-ups know our refs, as OpenAI does, or only time and size, as Anthropic. @default true */
  readonly carriesRefs?: boolean;
  /** By how much older than the intent a batch may be to be listed by a provider that knows no refs. @default 0 */
  readonly skewMs?: number;
  /** How old a batch must be to be found. @default 0 */
  readonly foundAfterMs?: number;
  readonly arrival?: (submission: BatchSubmission, number: number) => Arrival | undefined;
  readonly outcome?: (request: BatchRequest, batch: ScriptedBatch) => Outcome | undefined;
  /** Replaces the status that is told. */
  readonly status?: (
    batch: ScriptedBatch,
    told: BatchStatus,
    number: number,
  ) => BatchStatus | Error | undefined;
  /** Whether the provider has lost a batch: it is neither known nor listed. */
  readonly isGone?: (batch: ScriptedBatch) => boolean;
  /** Replaces the results that are streamed; an error in the list breaks the stream off. */
  readonly stream?: (
    results: readonly BatchResult[],
    batch: ScriptedBatch,
    reading: number,
  ) => readonly (BatchResult | Error)[] | undefined;
  readonly lookUp?: (lookUp: LookUp, number: number) => Error | undefined;
}

export interface ScriptedBatches extends BatchProvider {
  /** All that were ever created, in order. */
  readonly batches: readonly ScriptedBatch[];
  /** Sizes of the submissions, refused ones included. */
  readonly submissions: readonly number[];
  /** How often each key was answered, which is what is paid for. */
  readonly billed: ReadonlyMap<string, number>;
  /** Keys that were sent while an earlier request of theirs was not finished. */
  readonly doubled: readonly string[];
  readonly canceled: readonly string[];
  /** Batches of others in the same account. */
  addForeign(requests: number, endsAfterMs?: number): string;
  /** Answers a request as a batch would. */
  answer(request: BatchRequest["request"], behaviour?: Behaviour): Completion;
}

const tokenizer = approximate();

export function failure(kind: ModelErrorKind, extra: Partial<ProviderFailure> = {}): ProviderFailure {
  return { kind, message: `scripted: ${kind}`, ...extra };
}

export function failureError(kind: ModelErrorKind, provider = "scripted"): ModelError {
  return new ModelError({ kind, provider, model: "scripted", message: `scripted: ${kind}` });
}

/** A batch API in memory: time is passed by the clock, and every trouble is written into the script. */
export function scriptedBatches(options: ScriptedBatchesOptions): ScriptedBatches {
  const { clock, behaviour = "obedient", carriesRefs = true, foundAfterMs = 0 } = options;
  const batches: ScriptedBatch[] = [];
  const submissions: number[] = [];
  const billed = new Map<string, number>();
  const doubled: string[] = [];
  const canceled: string[] = [];
  const readings = new Map<string, number>();
  let statuses = 0;
  let lookUps = 0;

  function answer(request: BatchRequest["request"], as: Behaviour = behaviour): Completion {
    const text = answerAs(as, request);
    return {
      text,
      finishReason: as === "refusing" ? "refusal" : "stop",
      usage: {
        inputTokens: tokenizer.count(request.system) + tokenizer.count(request.prompt),
        outputTokens: tokenizer.count(text),
      },
    };
  }

  function resultOf(request: BatchRequest, batch: ScriptedBatch): BatchResult {
    const { key } = request;
    const outcome = options.outcome?.(request, batch) ?? (batch.canceled ? "canceled" : "succeeded");
    if (outcome === "expired" || outcome === "canceled") return { kind: outcome, key };
    if (typeof outcome === "object" && "fails" in outcome) {
      return { kind: "errored", key, failure: failure(outcome.fails) };
    }
    billed.set(key, (billed.get(key) ?? 0) + 1);
    const completion =
      outcome === "succeeded"
        ? answer(request.request)
        : "answers" in outcome
          ? answer(request.request, outcome.answers)
          : outcome;
    return { kind: "succeeded", key, completion };
  }

  /** Time has passed: what is to end by now, has ended. */
  function settle(): void {
    for (const batch of batches) {
      if (batch.results === undefined && (batch.canceled || batch.endsAt <= clock.now())) {
        batch.results = batch.requests.map((request) => resultOf(request, batch));
      }
    }
  }

  function create(submission: Pick<BatchSubmission, "ref" | "requests">, modelId: string): ScriptedBatch {
    settle();
    for (const { key } of submission.requests) {
      const isOut = batches.some(
        ({ results, requests }) => results === undefined && requests.some((other) => other.key === key),
      );
      if (isOut) doubled.push(key);
    }
    const batch: ScriptedBatch = {
      batchId: `batch-${batches.length + 1}`,
      ref: submission.ref,
      modelId,
      createdAt: clock.now(),
      requests: submission.requests,
      endsAt: 0,
      canceled: false,
      results: undefined,
    };
    const { endsAfterMs = 60_000 } = options;
    batch.endsAt = batch.createdAt + (typeof endsAfterMs === "number" ? endsAfterMs : endsAfterMs(batch));
    batches.push(batch);
    return batch;
  }

  function known(batchId: string): ScriptedBatch | undefined {
    settle();
    return batches.find((batch) => batch.batchId === batchId);
  }

  function countsOf(results: readonly BatchResult[]): BatchCounts {
    const counts = { succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    for (const { kind } of results) if (kind !== "malformed") counts[kind] += 1;
    return counts;
  }

  function providerOf(modelId: string): BatchProvider {
    return {
      id: options.id ?? "scripted",
      modelId,
      limits: { maxRequests: options.maxRequests ?? 100_000, maxBytes: options.maxBytes ?? 1e9 },
      ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
      ...(options.models === undefined
        ? {}
        : {
            withModel(name) {
              if (options.models?.includes(name) !== true) throw new Error("no such model");
              return providerOf(`scripted:${name}`);
            },
          }),
      sizeOf: ({ request }) => request.system.length + request.prompt.length + 100,
      async submit(submission) {
        submissions.push(submission.requests.length);
        const arrival = options.arrival?.(submission, submissions.length) ?? "created";
        if (typeof arrival === "object") {
          const { refused, status, retryAfterMs } = arrival;
          return { kind: "refused", failure: failure(refused, { status, retryAfterMs }) };
        }
        if (arrival === "request-lost") return { kind: "unknown", failure: failure("connection_lost") };
        const batch = create(submission, modelId);
        if (arrival === "answer-lost") return { kind: "unknown", failure: failure("timed_out") };
        return { kind: "created", batchId: batch.batchId };
      },
      async status(batchId) {
        const batch = known(batchId);
        if (batch === undefined || options.isGone?.(batch) === true) return { kind: "missing" };
        const told: BatchStatus =
          batch.results === undefined
            ? { kind: "running", total: batch.requests.length }
            : { kind: "ended", counts: countsOf(batch.results) };
        statuses += 1;
        const scripted = options.status?.(batch, told, statuses) ?? told;
        if (scripted instanceof Error) throw scripted;
        // A batch that was turned down is over, and nothing of it was done.
        if (scripted.kind === "failed") batch.results = [];
        return scripted;
      },
      async *results(batchId) {
        const batch = known(batchId);
        const results = batch?.results ?? [];
        const reading = (readings.get(batchId) ?? 0) + 1;
        readings.set(batchId, reading);
        const scripted = batch === undefined ? undefined : options.stream?.(results, batch, reading);
        for (const result of scripted ?? results) {
          if (result instanceof Error) throw result;
          yield result;
        }
      },
      async cancel(batchId) {
        canceled.push(batchId);
        const batch = known(batchId);
        if (batch !== undefined && batch.results === undefined) batch.canceled = true;
      },
      async find({ ref, since, requestCount }) {
        lookUps += 1;
        const error = options.lookUp?.({ ref, since, requestCount }, lookUps);
        if (error !== undefined) throw error;
        settle();
        const visible = batches
          .filter(
            (batch) => batch.createdAt + foundAfterMs <= clock.now() && options.isGone?.(batch) !== true,
          )
          .reverse();
        const found = carriesRefs
          ? visible.filter((batch) => batch.ref === ref)
          : visible.filter(
              ({ createdAt, requests }) =>
                createdAt >= since - (options.skewMs ?? 0) && requests.length === requestCount,
            );
        return found.map(({ batchId }): FoundBatch => ({ batchId, isCertain: carriesRefs }));
      },
    };
  }

  return {
    ...providerOf(options.modelId ?? "scripted:batch"),
    batches,
    submissions,
    billed,
    doubled,
    canceled,
    answer,
    addForeign(requests, endsAfterMs = 60_000) {
      const request = { system: "", prompt: "", maxOutputTokens: 1 };
      const foreign = Array.from({ length: requests }, (_, index) => ({
        key: `foreign-${batches.length}-${index}`,
        request,
      }));
      const batch = create({ ref: "somebody else's", requests: foreign }, "foreign");
      batch.endsAt = clock.now() + endsAfterMs;
      return batch.batchId;
    },
  };
}
