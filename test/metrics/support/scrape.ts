import { getMetricsFromIterator, type PromMetrics } from "prom2javascript";

/** A sample, or all of a histogram's observations. */
interface Read {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What Prometheus would read from a page. */
export class Scrape {
  private constructor(
    readonly text: string,
    readonly metrics: PromMetrics,
  ) {}

  static async of(text: string): Promise<Scrape> {
    return new Scrape(text, await getMetricsFromIterator(text.split("\n").values()));
  }

  /** The samples of a metric; of a histogram, how many observations there were. */
  samples(name: string, where: Readonly<Record<string, string>> = {}): readonly Read[] {
    const read = (this.metrics[name]?.data ?? []).map((sample) => ({
      labels: sample.labels,
      value: "value" in sample ? sample.value : (sample.count ?? Number.NaN),
    }));
    return read.filter(({ labels }) =>
      Object.entries(where).every(([label, value]) => labels[label] === value),
    );
  }

  /** The sum of the samples; `undefined` where there is none. */
  sum(name: string, where: Readonly<Record<string, string>> = {}): number | undefined {
    const samples = this.samples(name, where);
    return samples.length === 0 ? undefined : samples.reduce((total, { value }) => total + value, 0);
  }
}
