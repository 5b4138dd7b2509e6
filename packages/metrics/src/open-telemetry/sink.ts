import type { FiguresSink } from "../figures.js";
import { COUNTERS, HISTOGRAMS, type CounterName, type HistogramName } from "../measures.js";
import type { Labels } from "../series.js";
import { attributesOf } from "./attributes.js";
import type { MeterShape } from "./telemetry.js";

const DEAD_LETTERED = "dead_lettered";

/** What the conventions want to know of a duration beside our labels. */
const OPERATIONS: Readonly<Record<HistogramName, Readonly<Record<string, string>>>> = {
  batchDuration: { "gen_ai.operation.name": "chat" },
  pageWait: { "gen_ai.workflow.name": "summarize" },
};

/** Passes counters and histograms on to a meter. */
export function openTelemetrySink(meter: MeterShape | undefined): FiguresSink | undefined {
  if (meter === undefined) return undefined;
  const counters = new Map<CounterName, ReturnType<MeterShape["createCounter"]>>();
  const histograms = new Map<HistogramName, ReturnType<MeterShape["createHistogram"]>>();

  function counter(name: CounterName, on: MeterShape) {
    const known = counters.get(name);
    if (known !== undefined) return known;
    const { openTelemetryName, help: description, unit } = COUNTERS[name];
    const made = on.createCounter(openTelemetryName, { description, unit });
    counters.set(name, made);
    return made;
  }

  function histogram(name: HistogramName, on: MeterShape) {
    const known = histograms.get(name);
    if (known !== undefined) return known;
    const { openTelemetryName, help: description, unit, bounds } = HISTOGRAMS[name];
    const advice = { explicitBucketBoundaries: [...bounds] };
    const made = on.createHistogram(openTelemetryName, { description, unit, advice });
    histograms.set(name, made);
    return made;
  }

  return {
    count: (name: CounterName, labels: Labels, by: number) =>
      counter(name, meter).add(by, attributesOf(labels)),
    observe: (name: HistogramName, labels: Labels, value: number) =>
      histogram(name, meter).record(value, {
        ...OPERATIONS[name],
        ...attributesOf(labels),
        ...(labels["outcome"] === DEAD_LETTERED && { "error.type": DEAD_LETTERED }),
      }),
  };
}
