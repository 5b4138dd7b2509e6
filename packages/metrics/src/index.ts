export {
  WorkerMetrics,
  type Followed,
  type WorkerHealth,
  type WorkerMetricsOptions,
} from "./worker-metrics.js";
export { PROMETHEUS_CONTENT_TYPE } from "./prometheus-text.js";
export type { FiguresSnapshot } from "./figures.js";
export type { Distribution, Labels, Sample } from "./series.js";
export { addSnapshots, totalsOf, type LatencyTotals, type TokenTotals, type WorkerTotals } from "./totals.js";
export {
  globalTelemetry,
  INSTRUMENTATION_SCOPE,
  type Attributes,
  type MeterShape,
  type SpanShape,
  type Telemetry,
  type TracerShape,
} from "./open-telemetry/telemetry.js";
