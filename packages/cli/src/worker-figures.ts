import { globalTelemetry, WorkerMetrics, type Followed } from "@gro/metrics";
import type { DurableStore } from "@gro/queue";
import type { Arguments } from "./arguments.js";
import type { Session } from "./environment.js";
import { KeptFigures } from "./kept-figures.js";
import type { MessageOutput } from "./message-output.js";
import { startMetricsServer, type ListenAt, type MetricsServer } from "./metrics-server.js";
import type { QueuePlace } from "./open-store.js";
import { reasonOf } from "./reason-of.js";
import { UsageError } from "./usage-error.js";

/** Nobody from outside reads how much somebody spends, unless somebody says so. */
const LOOPBACK = "127.0.0.1";
const HIGHEST_PORT = 65_535;
const USUAL_POLL_MS = 60_000;
/** A tick that collects a large batch takes a while. */
const SHORTEST_LIMIT_MS = 5 * 60_000;
const POLLS_PER_LIMIT = 3;

export interface FiguresSettings {
  /** Where metrics are asked for; `undefined` for nowhere. */
  readonly listenAt: ListenAt | undefined;
  /** How long a worker may be silent, in milliseconds, until it counts as dead. */
  readonly limitMs: number;
}

/** @throws UsageError for a port that is none, and for a host without a port. */
export function figuresSettingsFrom(
  given: Arguments<"metrics-port" | "metrics-host">,
  pollIntervalMs: number = USUAL_POLL_MS,
): FiguresSettings {
  const text = given.text("metrics-port");
  const limitMs = Math.max(SHORTEST_LIMIT_MS, POLLS_PER_LIMIT * pollIntervalMs);
  if (text === undefined) {
    if (given.has("metrics-host"))
      throw new UsageError("--metrics-host has no meaning without --metrics-port.");
    return { listenAt: undefined, limitMs };
  }
  const port = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (!(port <= HIGHEST_PORT)) {
    const shown = /^-?[\d.]+$/u.test(text) ? text : JSON.stringify(text);
    throw new UsageError(
      `${given.originOf("metrics-port")}: got ${shown}, expected a whole number from 0 to ${HIGHEST_PORT}.`,
    );
  }
  return { listenAt: { host: given.text("metrics-host") ?? LOOPBACK, port }, limitMs };
}

/** Where the figures of a worker's process are told. */
export interface FiguresPlace {
  readonly store: DurableStore;
  readonly place: QueuePlace;
  readonly settings: FiguresSettings;
  readonly output: MessageOutput;
  readonly session: Session;
}

/** Figures that cannot be kept are no reason to let work lie that is paid for: said once. */
class Keeper {
  private hasFailed = false;

  private constructor(
    private readonly kept: KeptFigures | undefined,
    private readonly output: MessageOutput,
  ) {}

  /** In a database nothing is kept: its workers are on many machines, and each tells its own metrics. */
  static async begin(place: QueuePlace, now: () => number, output: MessageOutput): Promise<Keeper> {
    if (place.kind === "database") return new Keeper(undefined, output);
    try {
      return new Keeper(await KeptFigures.begin(place.queue.path, now), output);
    } catch (error) {
      const keeper = new Keeper(undefined, output);
      keeper.tellFailure(error);
      return keeper;
    }
  }

  async keep(metrics: WorkerMetrics): Promise<void> {
    await this.kept
      ?.keep(() => metrics.snapshot())
      .catch((error: unknown) => {
        this.tellFailure(error);
      });
  }

  private tellFailure(error: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.output.warning(`what the worker counts cannot be kept for status: ${reasonOf(error)}.`);
  }
}

/**
 * Counts what workers do while `work` lasts: for Prometheus, where a port is named; for OpenTelemetry, where the process has set it up; and
 * for `status`.
 * @throws Error that names the port when it is taken; then `work` has not begun.
 */
export async function withFigures<Outcome>(
  { store, place, settings, output, session }: FiguresPlace,
  work: (follow: (worker: Followed) => void) => Promise<Outcome>,
): Promise<Outcome> {
  const { clock } = session.environment;
  const now = () => clock.now();
  const metrics = new WorkerMetrics({ store, now, telemetry: await globalTelemetry() });
  const server = await listen(metrics, settings, output);
  try {
    const keeper = await Keeper.begin(place, now, output);
    try {
      return await work((worker) => {
        metrics.follow(worker);
        worker.events.on("tickDone", () => void keeper.keep(metrics));
      });
    } finally {
      await keeper.keep(metrics);
    }
  } finally {
    await server?.close();
  }
}

async function listen(
  metrics: WorkerMetrics,
  { listenAt, limitMs }: FiguresSettings,
  output: MessageOutput,
): Promise<MetricsServer | undefined> {
  if (listenAt === undefined) return undefined;
  const server = await startMetricsServer(listenAt, {
    metrics: () => metrics.prometheusText(),
    health: () => metrics.health(limitMs),
  });
  output.notice(`metrics at ${server.url}/metrics, health at ${server.url}/healthz.`);
  return server;
}
