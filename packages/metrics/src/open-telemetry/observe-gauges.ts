import { GAUGES, type GaugeName } from "../measures.js";
import type { Gauges } from "../standing.js";
import { attributesOf } from "./attributes.js";
import type { MeterShape } from "./telemetry.js";

/** Lets a meter ask for the gauges whenever it collects. */
export function observeGauges(meter: MeterShape, read: () => Promise<Gauges>): void {
  for (const name of Object.keys(GAUGES)) {
    if (isGauge(name)) observe(meter, name, read);
  }
}

function isGauge(name: string): name is GaugeName {
  return Object.hasOwn(GAUGES, name);
}

function observe(meter: MeterShape, name: GaugeName, read: () => Promise<Gauges>): void {
  const { openTelemetryName, help: description, unit } = GAUGES[name];
  meter.createObservableGauge(openTelemetryName, { description, unit }).addCallback(async (observed) => {
    for (const { labels, value } of (await read()).samples(name)) {
      observed.observe(value, attributesOf(labels));
    }
  });
}
