import type { BatchRecord, DurableStore, QueueStats } from "@gro/queue";
import { GAUGES, type GaugeLabels, type GaugeName } from "./measures.js";
import { NumberSeries, type Sample } from "./series.js";

/** What a store says when it is asked how things stand. */
export interface StoreStanding {
  readonly stats: QueueStats;
  readonly openBatches: readonly Pick<BatchRecord, "provider" | "modelId" | "keys" | "submission">[];
}

export async function standingOf({
  queue,
  ledger,
}: Pick<DurableStore, "queue" | "ledger">): Promise<StoreStanding> {
  const stats = await queue.stats();
  return { stats, openBatches: await ledger.openBatches() };
}

const OF_STORE = ["queueItems", "oldestItemAge", "batchesInFlight", "stepsInFlight"] as const;

/** The gauges of one process: they stand as they were when they were last set. */
export class Gauges {
  private readonly series = new Map<GaugeName, NumberSeries>();

  set<Name extends GaugeName>(name: Name, labels: GaugeLabels<Name>, value: number): void {
    this.of(name).set(labels, value);
  }

  samples(name: GaugeName): readonly Sample[] {
    return this.series.get(name)?.samples() ?? [];
  }

  /** @param now milliseconds since the epoch */
  takeStanding({ stats, openBatches }: StoreStanding, now: number): void {
    const { ready, waiting, claimed, dead, oldestQueuedAt } = stats;
    for (const [state, count] of Object.entries({ ready, waiting, claimed, dead })) {
      this.set("queueItems", { state }, count);
    }
    const ageMs = oldestQueuedAt === null ? 0 : Math.max(0, now - oldestQueuedAt);
    this.set("oldestItemAge", {}, ageMs / 1_000);
    // What was in flight and is no more is 0, and does not vanish from the graphs.
    this.of("batchesInFlight").setAll(0);
    this.of("stepsInFlight").setAll(0);
    for (const { provider, modelId: model, keys, submission } of openBatches) {
      this.of("batchesInFlight").add({ provider, model, state: submission.kind }, 1);
      this.of("stepsInFlight").add({ provider, model }, keys.length);
    }
    this.set("storeReadable", {}, 1);
  }

  /** The store does not answer: what it said before is no news. */
  standingUnknown(): void {
    for (const name of OF_STORE) this.series.delete(name);
    this.set("storeReadable", {}, 0);
  }

  private of(name: GaugeName): NumberSeries {
    const known = this.series.get(name);
    if (known !== undefined) return known;
    const series = new NumberSeries(GAUGES[name]);
    this.series.set(name, series);
    return series;
  }
}
