import type { BatchWorker, BatchWorkerEvents } from "@gro/batch";
import type { DurableStore } from "@gro/queue";
import { countEvents, type EventListeners } from "./count-events.js";
import { Figures, type FiguresSnapshot } from "./figures.js";
import { followWithSpans } from "./open-telemetry/follow-with-spans.js";
import { observeGauges } from "./open-telemetry/observe-gauges.js";
import { openTelemetrySink } from "./open-telemetry/sink.js";
import type { Telemetry } from "./open-telemetry/telemetry.js";
import { prometheusText } from "./prometheus-text.js";
import { Gauges, standingOf } from "./standing.js";
import { totalsOfFigures, unusedTokens, type WorkerTotals } from "./totals.js";

export interface WorkerMetricsOptions {
  /** What is asked how things stand, each time that somebody reads them. @default the gauges of queue and batches are left out */
  readonly store?: Pick<DurableStore, "queue" | "ledger"> | undefined;
  /**
   * Where else everything is told, for example `await globalTelemetry()`. What it throws costs no figure here: it is counted among the errors,
   * under `telemetry_failed`. @default nowhere
   */
  readonly telemetry?: Telemetry | undefined;
  /** Tells the time, in milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** Whether a worker is at work. */
export interface WorkerHealth {
  readonly isAlive: boolean;
  /** Milliseconds since its last sign of life, or since these metrics were made. */
  readonly silentMs: number;
}

/** What can be followed: a worker, or whoever has the same events. */
export type Followed = Pick<BatchWorker, "events">;

interface EventSource {
  on<Name extends keyof BatchWorkerEvents>(
    name: Name,
    listener: (...event: BatchWorkerEvents[Name]) => void,
  ): unknown;
  off<Name extends keyof BatchWorkerEvents>(
    name: Name,
    listener: (...event: BatchWorkerEvents[Name]) => void,
  ): unknown;
}

/** What only a worker tells that gets on with its work. A failure, told again and again, is no such sign. */
const SIGNS_OF_LIFE = [
  "tickDone",
  "batchSubmitted",
  "batchAdopted",
  "batchCollected",
  "batchClosed",
  "itemSummarized",
  "itemDeadLettered",
] as const satisfies readonly (keyof BatchWorkerEvents)[];

/**
 * The figures of the workers of one process, counted from the moment that they are followed. Counters begin with 0 in each process, as
 * Prometheus expects; what they have counted, `snapshot` hands on. Holds names and numbers, never content, never a key.
 */
export class WorkerMetrics {
  private readonly figures: Figures;
  private readonly gauges = new Gauges();
  private readonly now: () => number;
  private readonly store: WorkerMetricsOptions["store"];
  private readonly telemetry: Telemetry | undefined;
  private lastSignAt: number;
  private reading: Promise<void> | undefined;

  constructor({ store, telemetry, now = Date.now }: WorkerMetricsOptions = {}) {
    this.store = store;
    this.telemetry = telemetry;
    this.now = now;
    this.lastSignAt = now();
    this.figures = new Figures(openTelemetrySink(telemetry?.meter));
    const { meter } = telemetry ?? {};
    if (meter !== undefined) this.figures.guarded(() => observeGauges(meter, () => this.readGauges()));
  }

  /** Counts what the worker tells from now on. Answers how to stop that. */
  follow({ events }: Followed): () => void {
    const source: EventSource = events;
    const stops = [
      listen(source, countEvents(this.figures)),
      listen(source, this.keepGauges()),
      ...SIGNS_OF_LIFE.map((name) => {
        const note = () => {
          this.lastSignAt = this.now();
        };
        source.on(name, note);
        return () => source.off(name, note);
      }),
      ...(this.telemetry?.tracer === undefined
        ? []
        : [
            listen(
              source,
              followWithSpans(this.telemetry.tracer, this.now, (theirs) => this.figures.guarded(theirs)),
            ),
          ]),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The page for Prometheus, with the content type `PROMETHEUS_CONTENT_TYPE`. A store that fails is a gauge of it; never rejects. */
  async prometheusText(): Promise<string> {
    await this.readGauges();
    return prometheusText(this.figures, this.gauges);
  }

  /** What was counted so far, for people and scripts. */
  totals(): WorkerTotals {
    return totalsOfFigures(this.figures);
  }

  /** The same for `addSnapshots`, to be kept over the end of the process. */
  snapshot(): FiguresSnapshot {
    return this.figures.snapshot();
  }

  /** @param limitMs how long a worker may be silent, in milliseconds: longer than its longest tick, and than its `pollIntervalMs` */
  health(limitMs: number): WorkerHealth {
    const silentMs = Math.max(0, this.now() - this.lastSignAt);
    return { isAlive: silentMs <= limitMs, silentMs };
  }

  private keepGauges(): EventListeners {
    return {
      tickDone: () => this.gauges.set("lastTick", {}, this.now() / 1_000),
      paused: ({ provider }) => this.gauges.set("providerPaused", { provider }, 1),
      resumed: ({ provider }) => this.gauges.set("providerPaused", { provider }, 0),
    };
  }

  /** Reads how things stand; who asks meanwhile gets the same. Never rejects. */
  private readGauges(): Promise<Gauges> {
    const { input, output } = unusedTokens(this.figures);
    this.gauges.set("tokensUnused", { type: "input" }, input);
    this.gauges.set("tokensUnused", { type: "output" }, output);
    this.reading ??= this.readStore().finally(() => {
      this.reading = undefined;
    });
    return this.reading.then(() => this.gauges);
  }

  private async readStore(): Promise<void> {
    if (this.store === undefined) return;
    try {
      this.gauges.takeStanding(await standingOf(this.store), this.now());
    } catch {
      // The worker meets with the same and tells of it.
      this.gauges.standingUnknown();
    }
  }
}

function listen(source: EventSource, listeners: EventListeners): () => void {
  const stops: (() => void)[] = [];
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- It ties the listener to its event.
  const add = <Name extends keyof BatchWorkerEvents>(name: Name) => {
    const listener = listeners[name];
    if (listener === undefined) return;
    source.on(name, listener);
    stops.push(() => source.off(name, listener));
  };
  for (const name of Object.keys(listeners)) if (isEventOf(listeners, name)) add(name);
  return () => {
    for (const stop of stops) stop();
  };
}

function isEventOf(listeners: EventListeners, name: string): name is keyof BatchWorkerEvents {
  return Object.hasOwn(listeners, name);
}
