import { Figures, type FiguresSnapshot } from "./figures.js";
import type { CounterName, HistogramName } from "./measures.js";
import type { Labels, Sample } from "./series.js";

export interface TokenTotals {
  readonly input: number;
  readonly output: number;
}

/** How long something took, all together. */
export interface LatencyTotals {
  readonly count: number;
  /** Milliseconds; `null` when there was none. */
  readonly meanMs: number | null;
}

/** What workers have done, as plain data. Numbers by name are absent where they are 0. */
export interface WorkerTotals {
  readonly pages: {
    readonly summarized: number;
    /** By the code of the dead letter. */
    readonly deadLettered: Readonly<Record<string, number>>;
    /** From being queued to the end. */
    readonly latency: LatencyTotals;
  };
  readonly batches: {
    /** What happened to them: `submitted`, `adopted`, `refused`, `collected`, … */
    readonly events: Readonly<Record<string, number>>;
    readonly closed: Readonly<Record<string, number>>;
    /** From the reservation of its requests to the end of its collection. */
    readonly latency: LatencyTotals;
  };
  readonly steps: {
    readonly submitted: number;
    /** Sent again after a failure. */
    readonly retried: number;
    /** `succeeded`, or the kind of the failure. */
    readonly outcomes: Readonly<Record<string, number>>;
  };
  readonly tokens: {
    /** What was billed. */
    readonly billed: TokenTotals;
    /** Of it, read from and written to the provider's prompt cache. */
    readonly cached: { readonly read: number; readonly write: number };
    /** Of it, what has come into summaries of the process that collected it. */
    readonly used: TokenTotals;
    /** Of it, in answers that no summary can use. */
    readonly rejected: TokenTotals;
    /** Billed and not used (yet), the rejected among them. */
    readonly unused: TokenTotals;
  };
  readonly cost: {
    /** USD, without the unpriced batches. */
    readonly usd: number;
    /** What the same answers would have cost more live, in USD. */
    readonly savedUsd: number;
    /** Batches of models whose price is not known. */
    readonly unpricedBatches: number;
  };
  /** Failures that workers went on without, by code. */
  readonly errors: Readonly<Record<string, number>>;
}

function sumOf(samples: readonly Sample[], where: Labels = {}): number {
  const fits = ({ labels }: Sample) =>
    Object.entries(where).every(([label, value]) => labels[label] === value);
  const sum = samples.filter(fits).reduce((total, { value }) => total + value, 0);
  return Number(sum.toFixed(12));
}

function sumsBy(samples: readonly Sample[], label: string): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { labels, value } of samples) {
    const name = labels[label] ?? "none";
    if (value !== 0) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

function tokensOf(figures: Figures, name: CounterName): TokenTotals {
  const samples = figures.samples(name);
  return { input: sumOf(samples, { type: "input" }), output: sumOf(samples, { type: "output" }) };
}

function latencyOf(figures: Figures, name: HistogramName): LatencyTotals {
  let count = 0;
  let seconds = 0;
  for (const { buckets, sum } of figures.distributions(name)) {
    count += buckets.reduce((total, observed) => total + observed, 0);
    seconds += sum;
  }
  return { count, meanMs: count === 0 ? null : Math.round((seconds * 1_000) / count) };
}

/** Tokens that were billed and have come into no summary. */
export function unusedTokens(figures: Figures): TokenTotals {
  const billed = tokensOf(figures, "tokens");
  const used = tokensOf(figures, "tokensUsed");
  return { input: billed.input - used.input, output: billed.output - used.output };
}

export function totalsOfFigures(figures: Figures): WorkerTotals {
  const cached = figures.samples("tokensCached");
  return {
    pages: {
      summarized: sumOf(figures.samples("pagesSummarized")),
      deadLettered: sumsBy(figures.samples("deadLetters"), "code"),
      latency: latencyOf(figures, "pageWait"),
    },
    batches: {
      events: sumsBy(figures.samples("batches"), "event"),
      closed: sumsBy(figures.samples("batchesClosed"), "reason"),
      latency: latencyOf(figures, "batchDuration"),
    },
    steps: {
      submitted: sumOf(figures.samples("stepsSubmitted")),
      retried: sumOf(figures.samples("stepsRetried")),
      outcomes: sumsBy(figures.samples("steps"), "outcome"),
    },
    tokens: {
      billed: tokensOf(figures, "tokens"),
      cached: { read: sumOf(cached, { access: "read" }), write: sumOf(cached, { access: "write" }) },
      used: tokensOf(figures, "tokensUsed"),
      rejected: tokensOf(figures, "tokensRejected"),
      unused: unusedTokens(figures),
    },
    cost: {
      usd: sumOf(figures.samples("cost")),
      savedUsd: sumOf(figures.samples("costSaved")),
      unpricedBatches: sumOf(figures.samples("batchesUnpriced")),
    },
    errors: sumsBy(figures.samples("errors"), "code"),
  };
}

/** The sum of what several processes have counted, each told by the snapshot of its `WorkerMetrics`. */
export function addSnapshots(snapshots: readonly FiguresSnapshot[]): FiguresSnapshot {
  const sum = new Figures();
  for (const snapshot of snapshots) sum.merge(snapshot);
  return sum.snapshot();
}

/** A snapshot for people and scripts. */
export function totalsOf(snapshot: FiguresSnapshot): WorkerTotals {
  const figures = new Figures();
  figures.merge(snapshot);
  return totalsOfFigures(figures);
}
