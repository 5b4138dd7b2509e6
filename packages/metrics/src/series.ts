import type { BucketedMeasure, Measure } from "./measures.js";

export type Labels = Readonly<Record<string, string>>;

/** One number with its labels. Plain data. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** How often something took how long. Plain data. */
export interface Distribution {
  readonly labels: Labels;
  /** Observations in each bucket alone, the last one without an upper bound. */
  readonly buckets: readonly number[];
  readonly sum: number;
}

/** More series would be a leak: labels come from settings and providers, and a worker may run for years. */
const MOST_SERIES = 1_000;
const OTHERS = "other";
const LONGEST_LABEL = 200;

/** Labels are names. What is no name, such as a sentence with content in it, does not become one. */
const NAME = /^[\w.:;=,@/+-]+$/u;

function asName(value: string | undefined): string {
  if (value === undefined || value === "") return "none";
  return value.length <= LONGEST_LABEL && NAME.test(value) ? value : OTHERS;
}

/** The series of one measure, by their labels. */
abstract class SeriesByLabels<State> {
  protected readonly states = new Map<string, { readonly labels: Labels; readonly state: State }>();

  constructor(private readonly measure: Measure) {}

  protected abstract begin(): State;

  protected stateOf(given: Labels): { readonly labels: Labels; readonly state: State } {
    const { labels: names } = this.measure;
    const values = names.map((name) => asName(given[name]));
    const known = this.states.get(values.join("\n"));
    if (known !== undefined) return known;
    const isFull = this.states.size >= MOST_SERIES;
    const kept = isFull ? names.map(() => OTHERS) : values;
    const key = kept.join("\n");
    const labels = Object.fromEntries(names.map((name, index) => [name, kept[index] ?? OTHERS]));
    const entry = this.states.get(key) ?? { labels, state: this.begin() };
    this.states.set(key, entry);
    return entry;
  }
}

/** Numbers that are added up, or set. */
export class NumberSeries extends SeriesByLabels<{ value: number }> {
  protected begin() {
    return { value: 0 };
  }

  add(labels: Labels, by: number): Labels {
    const entry = this.stateOf(labels);
    entry.state.value += by;
    return entry.labels;
  }

  set(labels: Labels, value: number): void {
    this.stateOf(labels).state.value = value;
  }

  setAll(value: number): void {
    for (const { state } of this.states.values()) state.value = value;
  }

  samples(): readonly Sample[] {
    return [...this.states.values()].map(({ labels, state }) => ({
      labels,
      value: withoutDust(state.value),
    }));
  }
}

/** Observations in buckets. */
export class BucketSeries extends SeriesByLabels<{ readonly buckets: number[]; sum: number }> {
  constructor(private readonly bucketed: BucketedMeasure) {
    super(bucketed);
  }

  protected begin() {
    return { buckets: [...this.bucketed.bounds.map(() => 0), 0], sum: 0 };
  }

  observe(labels: Labels, value: number): Labels {
    const entry = this.stateOf(labels);
    const { buckets } = entry.state;
    const index = this.bucketed.bounds.findIndex((bound) => value <= bound);
    const place = index < 0 ? buckets.length - 1 : index;
    buckets[place] = (buckets[place] ?? 0) + 1;
    entry.state.sum += value;
    return entry.labels;
  }

  /** Adds what another process has observed, in the same buckets. */
  merge({ labels, buckets: more, sum }: Distribution): void {
    const { state } = this.stateOf(labels);
    if (more.length !== state.buckets.length) return;
    for (const [index, count] of more.entries()) state.buckets[index] = (state.buckets[index] ?? 0) + count;
    state.sum += sum;
  }

  distributions(): readonly Distribution[] {
    return [...this.states.values()].map(({ labels, state: { buckets, sum } }) => ({
      labels,
      buckets: [...buckets],
      sum: withoutDust(sum),
    }));
  }
}

/** Sums of fractions carry dust far behind the point. */
function withoutDust(value: number): number {
  return Number(value.toFixed(12));
}
