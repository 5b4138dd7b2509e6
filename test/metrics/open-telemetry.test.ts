import { globalTelemetry, WorkerMetrics, type Telemetry } from "@gro/metrics";
import {
  metrics as metricsApi,
  SpanKind,
  SpanStatusCode,
  trace,
  type Meter,
  type Tracer,
} from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type DataPoint,
  type ExponentialHistogram,
  type Histogram,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { PROVIDERS } from "../batch/support/emulated.js";
import { contents, startRun } from "./support/accounted-run.js";

type Point = DataPoint<number> | DataPoint<Histogram> | DataPoint<ExponentialHistogram>;

/** The SDK with exporters that keep everything in memory. */
function sdk() {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const tracer: Tracer = tracerProvider.getTracer("test");
  const meter: Meter = meterProvider.getMeter("test");
  return {
    telemetry: { tracer, meter } satisfies Telemetry,
    providers: { tracerProvider, meterProvider },
    spans: () => spans.getFinishedSpans(),
    /** The latest export of a metric. */
    async points(name: string): Promise<readonly Point[]> {
      await meterProvider.forceFlush();
      const all =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
      return all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    },
    close: () => meterProvider.shutdown(),
  };
}

function sum(points: readonly Point[], where: Record<string, string> = {}) {
  return points
    .filter(({ attributes }) => Object.entries(where).every(([name, value]) => attributes[name] === value))
    .reduce((total, { value }) => total + (typeof value === "number" ? value : value.count), 0);
}

afterEach(() => {
  trace.disable();
  metricsApi.disable();
});

describe.each(PROVIDERS)("what is exported of a run through the batches of %s", (_name, start) => {
  it("is what the provider has on its books, by the conventions' names", async () => {
    const { telemetry, spans, points, close } = sdk();
    const run = await startRun(start, {
      telemetry,
      batches: {
        outcome: ({ batchNumber, index }) =>
          batchNumber === 1 && index === 0 ? { kind: "answered", fault: { kind: "refusal" } } : undefined,
      },
    });
    const { worker } = run.process();
    await worker.drain();
    const { total } = run.server.billing;
    const model = run.provider.modelId.replace(/^\w+:/u, "");
    const chat = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": run.provider.id,
      "gen_ai.request.model": model,
    };

    const batches = spans().filter(({ name }) => name === `chat ${model}`);
    expect(batches).toHaveLength(run.server.batches.jobs.length);
    const ofAll = (attribute: string) =>
      batches.reduce((all, { attributes }) => all + Number(attributes[attribute]), 0);
    expect(ofAll("gen_ai.usage.input_tokens")).toBe(total.inputTokens);
    expect(ofAll("gen_ai.usage.output_tokens")).toBe(total.outputTokens);
    expect(ofAll("gro.batch.succeeded")).toBe(run.server.billing.bills.length);
    for (const { kind, attributes, startTime, endTime } of batches) {
      expect(kind).toBe(SpanKind.CLIENT);
      expect(attributes).toMatchObject(chat);
      expect(endTime[0] + endTime[1] / 1e9).toBeGreaterThan(startTime[0] + startTime[1] / 1e9);
    }

    const pages = spans().filter(({ name }) => name === "invoke_workflow summarize");
    expect(pages).toHaveLength(contents.length);
    const [dead, ...others] = pages.filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(others).toEqual([]);
    expect(dead?.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.workflow.name": "summarize",
      "error.type": "completion_refused",
    });

    expect(sum(await points("gro.tokens"), { ...without(chat), "gen_ai.token.type": "input" })).toBe(
      total.inputTokens,
    );
    expect(sum(await points("gro.tokens"), { "gen_ai.token.type": "output" })).toBe(total.outputTokens);
    expect(sum(await points("gro.steps"), { "gro.outcome": "succeeded" })).toBe(
      run.server.billing.bills.length,
    );
    expect(sum(await points("gen_ai.client.operation.duration"), chat)).toBe(batches.length);
    expect(
      sum(await points("gen_ai.workflow.duration"), {
        "gen_ai.workflow.name": "summarize",
        "error.type": "dead_lettered",
      }),
    ).toBe(1);
    expect(sum(await points("gro.queue.items"), { "gro.state": "dead" })).toBe(1);
    expect(sum(await points("gro.queue.items"), { "gro.state": "ready" })).toBe(0);
    await close();
  });
});

/** A telemetry whose named part throws, whatever is asked of it. */
function failing(part: "counters" | "histograms" | "instruments" | "gauges" | "spans"): Telemetry {
  const fail = (): never => {
    throw new Error("The exporter is broken.");
  };
  const failIf = (isBroken: boolean) => () => {
    if (isBroken) fail();
  };
  const areInstrumentsBroken = part === "instruments";
  return {
    tracer: {
      startSpan: part === "spans" ? fail : () => ({ setStatus: () => undefined, end: () => undefined }),
    },
    meter: {
      createCounter: areInstrumentsBroken ? fail : () => ({ add: failIf(part === "counters") }),
      createHistogram: areInstrumentsBroken ? fail : () => ({ record: failIf(part === "histograms") }),
      createObservableGauge: () => ({ addCallback: failIf(part === "gauges") }),
    },
  };
}

describe("telemetry that throws", () => {
  it.each(["counters", "histograms", "instruments", "gauges", "spans"] as const)(
    "from its %s costs no figure and no listener's event, and is counted",
    async (part) => {
      const [, start] = PROVIDERS[0] ?? [];
      if (start === undefined) throw new Error("There is a provider.");
      const run = await startRun(start, { telemetry: failing(part) });
      const { worker, metrics } = run.process();
      let heard = 0;
      worker.events.on("itemSummarized", () => (heard += 1));
      expect((await worker.drain()).isDrained).toBe(true);
      const { pages, tokens, errors } = metrics.totals();
      expect(pages).toMatchObject({ summarized: contents.length, latency: { count: contents.length } });
      const { inputTokens, outputTokens } = run.server.billing.total;
      expect(tokens.billed).toEqual({ input: inputTokens, output: outputTokens });
      expect(heard).toBe(contents.length);
      expect(errors).toEqual({ telemetry_failed: expect.any(Number) as number });
      expect(await metrics.prometheusText()).toContain('gro_worker_errors_total{code="telemetry_failed"}');
    },
  );
});

function without({ "gen_ai.operation.name": _, ...labels }: Record<string, string>) {
  return labels;
}

describe("globalTelemetry", () => {
  it("takes what the process has registered", async () => {
    const { providers, spans, points, close } = sdk();
    trace.setGlobalTracerProvider(providers.tracerProvider);
    metricsApi.setGlobalMeterProvider(providers.meterProvider);
    const [, start] = PROVIDERS[0] ?? [];
    if (start === undefined) throw new Error("There is a provider.");
    const telemetry = await globalTelemetry();
    if (telemetry === undefined) throw new Error("The optional peer is installed here.");
    const run = await startRun(start, { telemetry });
    await run.process().worker.drain();
    // The official SDKs may have spans of their own for single calls.
    const own = spans().filter(({ instrumentationScope: { name } }) => name === "@gro/metrics");
    expect(own.length).toBe(contents.length + run.server.batches.jobs.length);
    expect(sum(await points("gro.worker.ticks"))).toBeGreaterThan(0);
    await close();
  });

  it("is nothing where the package is not installed, and the worker does its work", async () => {
    vi.doMock("@opentelemetry/api", () => {
      throw new Error("Cannot find package '@opentelemetry/api'");
    });
    onTestFinished(() => {
      vi.doUnmock("@opentelemetry/api");
    });
    expect(await globalTelemetry()).toBeUndefined();
    const metrics = new WorkerMetrics({ telemetry: await globalTelemetry() });
    expect(metrics.totals().pages.summarized).toBe(0);
  });

  it("leads to nothing where nothing is registered", async () => {
    const [, start] = PROVIDERS[0] ?? [];
    if (start === undefined) throw new Error("There is a provider.");
    const telemetry = await globalTelemetry();
    const run = await startRun(start, telemetry === undefined ? {} : { telemetry });
    const { worker, metrics } = run.process();
    expect((await worker.drain()).isDrained).toBe(true);
    expect(metrics.totals().pages.summarized).toBe(contents.length);
  });
});
