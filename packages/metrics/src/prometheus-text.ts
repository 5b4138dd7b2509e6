import { COUNTER_NAMES, HISTOGRAM_NAMES, type Figures } from "./figures.js";
import { COUNTERS, GAUGES, HISTOGRAMS, type GaugeName, type Measure } from "./measures.js";
import type { Labels, Sample } from "./series.js";
import type { Gauges } from "./standing.js";

/** The `Content-Type` of the text. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Nothing is escaped: labels are names, without quotes, backslashes and newlines (see `series.ts`). */
function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
}

function head({ name, help }: Measure, type: "counter" | "gauge" | "histogram"): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function family(measure: Measure, type: "counter" | "gauge", samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  return head(measure, type) + samples.map(({ labels, value }) => line(measure.name, labels, value)).join("");
}

function histogram(name: keyof typeof HISTOGRAMS, figures: Figures): string {
  const measure = HISTOGRAMS[name];
  const distributions = figures.distributions(name);
  if (distributions.length === 0) return "";
  const bodies = distributions.map(({ labels, buckets, sum }) => {
    let upTo = 0;
    const lines = buckets.map((count, index) => {
      upTo += count;
      const bound = measure.bounds[index];
      return line(
        `${measure.name}_bucket`,
        { ...labels, le: bound === undefined ? "+Inf" : `${bound}` },
        upTo,
      );
    });
    return `${lines.join("")}${line(`${measure.name}_sum`, labels, sum)}${line(`${measure.name}_count`, labels, upTo)}`;
  });
  return head(measure, "histogram") + bodies.join("");
}

const GAUGE_NAMES = Object.keys(GAUGES).filter((name): name is GaugeName => Object.hasOwn(GAUGES, name));

/** The text that Prometheus reads, format 0.0.4. */
export function prometheusText(figures: Figures, gauges: Gauges): string {
  return [
    ...GAUGE_NAMES.map((name) => family(GAUGES[name], "gauge", gauges.samples(name))),
    ...COUNTER_NAMES.map((name) => family(COUNTERS[name], "counter", figures.samples(name))),
    ...HISTOGRAM_NAMES.map((name) => histogram(name, figures)),
  ].join("");
}
