import {
  COUNTERS,
  HISTOGRAMS,
  type CounterLabels,
  type CounterName,
  type HistogramLabels,
  type HistogramName,
} from "./measures.js";
import { BucketSeries, NumberSeries, type Distribution, type Labels, type Sample } from "./series.js";

/** All counters and histograms as plain data: JSON carries it from one process to the next. */
export interface FiguresSnapshot {
  readonly counters: Readonly<Record<string, readonly Sample[]>>;
  readonly histograms: Readonly<Record<string, readonly Distribution[]>>;
}

/** The code under which `errors` counts that somebody who is told of figures has thrown. */
const TELEMETRY_FAILED = "telemetry_failed";

/** Who else is told of every change, such as OpenTelemetry. One that throws is counted as an error, and costs no figure. */
export interface FiguresSink {
  count(name: CounterName, labels: Labels, by: number): void;
  observe(name: HistogramName, labels: Labels, value: number): void;
}

/** `Object.keys` with the names that it has. */
function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table).filter((name): name is Name => Object.hasOwn(table, name));
}

export const COUNTER_NAMES: readonly CounterName[] = namesOf(COUNTERS);
export const HISTOGRAM_NAMES: readonly HistogramName[] = namesOf(HISTOGRAMS);

/** The counters and histograms of one process, or the sum of several processes. */
export class Figures {
  private readonly counters = new Map<CounterName, NumberSeries>(
    COUNTER_NAMES.map((name) => [name, new NumberSeries(COUNTERS[name])]),
  );
  private readonly histograms = new Map<HistogramName, BucketSeries>(
    HISTOGRAM_NAMES.map((name) => [name, new BucketSeries(HISTOGRAMS[name])]),
  );

  constructor(private readonly sink?: FiguresSink) {}

  count<Name extends CounterName>(name: Name, labels: CounterLabels<Name>, by = 1): void {
    const kept = this.counters.get(name)?.add(labels, by);
    if (kept !== undefined) this.guarded(() => this.sink?.count(name, kept, by));
  }

  observe<Name extends HistogramName>(name: Name, labels: HistogramLabels<Name>, value: number): void {
    const kept = this.histograms.get(name)?.observe(labels, value);
    if (kept !== undefined) this.guarded(() => this.sink?.observe(name, kept, value));
  }

  /** Lets somebody else's code do its part. One that throws would cost the figures that come after it: it is counted instead. */
  guarded(theirs: () => void): void {
    try {
      theirs();
    } catch {
      // Not told to the sink, which may be the one that throws.
      this.counters.get("errors")?.add({ code: TELEMETRY_FAILED }, 1);
    }
  }

  samples(name: CounterName): readonly Sample[] {
    return this.counters.get(name)?.samples() ?? [];
  }

  distributions(name: HistogramName): readonly Distribution[] {
    return this.histograms.get(name)?.distributions() ?? [];
  }

  snapshot(): FiguresSnapshot {
    return {
      counters: Object.fromEntries(COUNTER_NAMES.map((name) => [name, this.samples(name)])),
      histograms: Object.fromEntries(HISTOGRAM_NAMES.map((name) => [name, this.distributions(name)])),
    };
  }

  /** Adds what other processes have counted. Measures that this version does not know are passed over. */
  merge({ counters, histograms }: FiguresSnapshot): void {
    for (const name of COUNTER_NAMES) {
      for (const { labels, value } of counters[name] ?? []) this.counters.get(name)?.add(labels, value);
    }
    for (const name of HISTOGRAM_NAMES) {
      for (const distribution of histograms[name] ?? []) this.histograms.get(name)?.merge(distribution);
    }
  }
}
