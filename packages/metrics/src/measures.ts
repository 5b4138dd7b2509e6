/** What is measured, and how it is called. */
export interface Measure {
  /** The name for Prometheus: base units, counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  /** The names of its labels, in their order. */
  readonly labels: readonly string[];
  /** The name for OpenTelemetry. */
  readonly openTelemetryName: string;
  /** UCUM, as OpenTelemetry wants it. */
  readonly unit: string;
}

/** A measure with the upper bounds of its buckets, without the infinite one. */
export interface BucketedMeasure extends Measure {
  readonly bounds: readonly number[];
}

const OF_MODEL = ["provider", "model"] as const;

/** From a second, for models on this machine, to the day that a batch may take. */
const BATCH_SECONDS = [1, 10, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400] as const;
/** A page may wait for several rounds of batches. */
const PAGE_SECONDS = [...BATCH_SECONDS, 172_800, 345_600] as const;

/** What only grows while a process lives. */
export const COUNTERS = {
  batches: {
    name: "gro_batches_total",
    help: "What happened to batches: submitted, unanswered, adopted, ruled_out, refused, canceled, collected.",
    labels: [...OF_MODEL, "event"],
    openTelemetryName: "gro.batches",
    unit: "{batch}",
  },
  batchesClosed: {
    name: "gro_batches_closed_total",
    help: "Batches that are finished, by the reason.",
    labels: [...OF_MODEL, "reason"],
    openTelemetryName: "gro.batches.closed",
    unit: "{batch}",
  },
  stepsSubmitted: {
    name: "gro_steps_submitted_total",
    help: "Requests in batches that a provider has accepted.",
    labels: OF_MODEL,
    openTelemetryName: "gro.steps.submitted",
    unit: "{step}",
  },
  stepsRetried: {
    name: "gro_steps_retried_total",
    help: "Requests that were sent again after a failure.",
    labels: OF_MODEL,
    openTelemetryName: "gro.steps.retried",
    unit: "{step}",
  },
  steps: {
    name: "gro_steps_total",
    help: "Requests of collected batches by outcome: succeeded, or the kind of the failure.",
    labels: [...OF_MODEL, "outcome"],
    openTelemetryName: "gro.steps",
    unit: "{step}",
  },
  tokens: {
    name: "gro_tokens_total",
    help: "Tokens that were billed, of the answers in collected batches.",
    labels: [...OF_MODEL, "type"],
    openTelemetryName: "gro.tokens",
    unit: "{token}",
  },
  tokensCached: {
    name: "gro_tokens_cached_total",
    help: "Input tokens read from and written to the provider's prompt cache, part of gro_tokens_total.",
    labels: [...OF_MODEL, "access"],
    openTelemetryName: "gro.tokens.cached",
    unit: "{token}",
  },
  tokensUsed: {
    name: "gro_tokens_used_total",
    help: "Tokens of this process's answers that have come into a summary of it, each answer once.",
    labels: [...OF_MODEL, "type"],
    openTelemetryName: "gro.tokens.used",
    unit: "{token}",
  },
  tokensRejected: {
    name: "gro_tokens_rejected_total",
    help: "Tokens of answers that were paid for and cannot be used, by the reason.",
    labels: [...OF_MODEL, "type", "code"],
    openTelemetryName: "gro.tokens.rejected",
    unit: "{token}",
  },
  cost: {
    name: "gro_cost_usd_total",
    help: "What collected batches have cost, in USD, where the model's price is known.",
    labels: OF_MODEL,
    openTelemetryName: "gro.cost",
    unit: "{USD}",
  },
  costSaved: {
    name: "gro_cost_saved_usd_total",
    help: "What the same answers would have cost more live, in USD.",
    labels: OF_MODEL,
    openTelemetryName: "gro.cost.saved",
    unit: "{USD}",
  },
  batchesUnpriced: {
    name: "gro_batches_unpriced_total",
    help: "Collected batches whose model has no known price: gro_cost_usd_total does not hold them.",
    labels: OF_MODEL,
    openTelemetryName: "gro.batches.unpriced",
    unit: "{batch}",
  },
  resultAnomalies: {
    name: "gro_result_anomalies_total",
    help: "Results that should not be as they are: unknown, twice, malformed, missing.",
    labels: ["provider", "anomaly"],
    openTelemetryName: "gro.results.anomalies",
    unit: "{result}",
  },
  pagesSummarized: {
    name: "gro_pages_summarized_total",
    help: "Pages that got their summaries, each summary once, by the way in which it came to fit.",
    labels: [...OF_MODEL, "fit"],
    openTelemetryName: "gro.pages.summarized",
    unit: "{page}",
  },
  deadLetters: {
    name: "gro_dead_letters_total",
    help: "Pages that ended without a summary, by the reason.",
    labels: ["code"],
    openTelemetryName: "gro.dead_letters",
    unit: "{page}",
  },
  pauses: {
    name: "gro_provider_pauses_total",
    help: "Pauses because of an account in trouble, by the kind of the trouble.",
    labels: ["provider", "kind"],
    openTelemetryName: "gro.provider.pauses",
    unit: "{pause}",
  },
  errors: {
    name: "gro_worker_errors_total",
    help: "Failures that the worker went on without, by their code.",
    labels: ["code"],
    openTelemetryName: "gro.worker.errors",
    unit: "{error}",
  },
  ticks: {
    name: "gro_worker_ticks_total",
    help: "How often the worker has looked at everything.",
    labels: [],
    openTelemetryName: "gro.worker.ticks",
    unit: "{tick}",
  },
} as const satisfies Readonly<Record<string, Measure>>;

/** How long things took. OpenTelemetry has names for these two. */
export const HISTOGRAMS = {
  batchDuration: {
    name: "gro_batch_duration_seconds",
    help: "From the reservation of a batch's requests to the end of its collection.",
    labels: OF_MODEL,
    openTelemetryName: "gen_ai.client.operation.duration",
    unit: "s",
    bounds: BATCH_SECONDS,
  },
  pageWait: {
    name: "gro_page_wait_seconds",
    help: "From the queueing of a page to its end: summarized or dead_lettered.",
    labels: ["outcome"],
    openTelemetryName: "gen_ai.workflow.duration",
    unit: "s",
    bounds: PAGE_SECONDS,
  },
} as const satisfies Readonly<Record<string, BucketedMeasure>>;

/** How things stand, read when somebody asks. */
export const GAUGES = {
  queueItems: {
    name: "gro_queue_items",
    help: "Pages in the queue by state: ready, waiting, claimed, dead. All workers see the same.",
    labels: ["state"],
    openTelemetryName: "gro.queue.items",
    unit: "{page}",
  },
  oldestItemAge: {
    name: "gro_queue_oldest_item_age_seconds",
    help: "How long ago the oldest page was queued that has not ended; 0 when there is none.",
    labels: [],
    openTelemetryName: "gro.queue.oldest_item.age",
    unit: "s",
  },
  batchesInFlight: {
    name: "gro_batches_in_flight",
    help: "Unfinished batches by state: intended, candidate, submitted. All workers see the same.",
    labels: [...OF_MODEL, "state"],
    openTelemetryName: "gro.batches.in_flight",
    unit: "{batch}",
  },
  stepsInFlight: {
    name: "gro_steps_in_flight",
    help: "Requests in unfinished batches. All workers see the same.",
    labels: OF_MODEL,
    openTelemetryName: "gro.steps.in_flight",
    unit: "{step}",
  },
  storeReadable: {
    name: "gro_store_readable",
    help: "1 when the store could be asked for the gauges of queue and batches, else 0, and they are left out.",
    labels: [],
    openTelemetryName: "gro.store.readable",
    unit: "1",
  },
  tokensUnused: {
    name: "gro_tokens_unused",
    help: "Tokens that this process has paid for and put into no summary (yet).",
    labels: ["type"],
    openTelemetryName: "gro.tokens.unused",
    unit: "{token}",
  },
  providerPaused: {
    name: "gro_provider_paused",
    help: "1 while nothing is submitted because somebody has to mend the account, else 0.",
    labels: ["provider"],
    openTelemetryName: "gro.provider.paused",
    unit: "1",
  },
  lastTick: {
    name: "gro_worker_last_tick_timestamp_seconds",
    help: "When the worker has looked at everything for the last time, in seconds since the epoch.",
    labels: [],
    openTelemetryName: "gro.worker.last_tick",
    unit: "s",
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type CounterName = keyof typeof COUNTERS;
export type HistogramName = keyof typeof HISTOGRAMS;
export type GaugeName = keyof typeof GAUGES;

/** The labels that a measure must be given. */
type LabelsOf<Given extends Measure> = Readonly<Record<Given["labels"][number], string>>;
export type CounterLabels<Name extends CounterName> = LabelsOf<(typeof COUNTERS)[Name]>;
export type HistogramLabels<Name extends HistogramName> = LabelsOf<(typeof HISTOGRAMS)[Name]>;
export type GaugeLabels<Name extends GaugeName> = LabelsOf<(typeof GAUGES)[Name]>;
