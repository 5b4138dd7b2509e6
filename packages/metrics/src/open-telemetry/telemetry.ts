/** Values of an attribute, as OpenTelemetry takes them here. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** The part of `Span` of `@opentelemetry/api` that is used. */
export interface SpanShape {
  setStatus(status: { code: number }): unknown;
  end(endTime?: Date): void;
}

/** The part of its `Tracer`. */
export interface TracerShape {
  startSpan(
    name: string,
    options?: {
      kind?: number;
      attributes?: Record<string, string | number | boolean>;
      startTime?: Date;
      root?: boolean;
    },
  ): SpanShape;
}

interface InstrumentOptions {
  description?: string;
  unit?: string;
  advice?: { explicitBucketBoundaries?: number[] };
}

interface ObservedShape {
  observe(value: number, attributes?: Record<string, string>): void;
}

/** The part of its `Meter`. */
export interface MeterShape {
  createCounter(
    name: string,
    options?: InstrumentOptions,
  ): { add(value: number, attributes?: Attributes): void };
  createHistogram(
    name: string,
    options?: InstrumentOptions,
  ): { record(value: number, attributes?: Attributes): void };
  createObservableGauge(
    name: string,
    options?: InstrumentOptions,
  ): { addCallback(callback: (observed: ObservedShape) => void | Promise<void>): void };
}

/** Where spans and metrics go. By shape, so that no type of the optional peer is needed to compile. */
export interface Telemetry {
  /** @default no spans */
  readonly tracer?: TracerShape | undefined;
  /** @default no metrics */
  readonly meter?: MeterShape | undefined;
}

/** How spans and instruments name where they come from. */
export const INSTRUMENTATION_SCOPE = "@gro/metrics";

/**
 * The tracer and the meter of the providers that are registered with `@opentelemetry/api`: whatever the process has set up, and nothing
 * when it has not. Answers `undefined` where the package is not installed.
 */
export async function globalTelemetry(): Promise<Telemetry | undefined> {
  try {
    const { metrics, trace } = await import("@opentelemetry/api");
    return { tracer: trace.getTracer(INSTRUMENTATION_SCOPE), meter: metrics.getMeter(INSTRUMENTATION_SCOPE) };
  } catch {
    return undefined;
  }
}
