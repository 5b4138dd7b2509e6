import type { BatchWorker, BatchWorkerEvents } from "@gro/batch";
import { addSnapshots, totalsOf, WorkerMetrics } from "@gro/metrics";
import { memoryStore } from "@gro/queue";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { EventEmitter } from "eventemitter3";
import { describe, expect, it } from "vitest";
import { makeScene, MINUTE } from "../batch/support/scene.js";
import { prose } from "../support/prose.js";
import { Scrape } from "./support/scrape.js";

async function scrape(metrics: WorkerMetrics): Promise<Scrape> {
  return Scrape.of(await metrics.prometheusText());
}

describe("the gauges", () => {
  it("tell how the queue and the batches stand at the moment of the question", async () => {
    const scene = makeScene();
    const { store, clock } = scene;
    const worker = scene.worker();
    const metrics = new WorkerMetrics({ store, now: () => clock.now() });
    metrics.follow(worker);
    for (const page of [1, 2, 3]) await scene.add(`page-${page}`, prose(90, page));
    await scene.advance(5_000);
    const before = await scrape(metrics);
    expect(before.sum("gro_queue_items", { state: "ready" })).toBe(3);
    expect(before.sum("gro_queue_oldest_item_age_seconds")).toBe(5);
    expect(before.sum("gro_batches_in_flight")).toBeUndefined();
    expect(before.sum("gro_worker_last_tick_timestamp_seconds")).toBeUndefined();

    await worker.tick();
    const during = await scrape(metrics);
    expect(during.sum("gro_queue_items", { state: "ready" })).toBe(0);
    expect(during.sum("gro_queue_items", { state: "waiting" })).toBe(3);
    expect(during.samples("gro_batches_in_flight")).toEqual([
      { labels: { provider: "scripted", model: scene.provider.modelId, state: "submitted" }, value: 1 },
    ]);
    expect(during.sum("gro_steps_in_flight")).toBe(3);
    expect(during.sum("gro_worker_last_tick_timestamp_seconds")).toBe(clock.now() / 1000);

    await scene.advance(MINUTE);
    await scene.runToEnd(worker);
    const after = await scrape(metrics);
    expect(after.sum("gro_queue_items")).toBe(0);
    expect(after.sum("gro_queue_oldest_item_age_seconds")).toBe(0);
    expect(after.sum("gro_batches_in_flight")).toBe(0);
    expect(after.sum("gro_steps_in_flight")).toBe(0);
    const [duration] = after.metrics["gro_batch_duration_seconds"]?.data ?? [];
    expect(duration).toMatchObject({ sum: 60, count: 1, buckets: { 10: 0, 60: 1, 86400: 1 } });
  });

  it("of a store that does not answer are left out, and that is a gauge too", async () => {
    const store = memoryStore();
    let isBroken = false;
    const stats = () => (isBroken ? Promise.reject(new Error("The disk is gone.")) : store.queue.stats());
    const metrics = new WorkerMetrics({ store: { ledger: store.ledger, queue: { ...store.queue, stats } } });
    expect((await scrape(metrics)).sum("gro_store_readable")).toBe(1);
    isBroken = true;
    const page = await scrape(metrics);
    expect(page.sum("gro_store_readable")).toBe(0);
    expect(page.sum("gro_queue_items")).toBeUndefined();
    isBroken = false;
    expect((await scrape(metrics)).sum("gro_queue_items")).toBe(0);
  });

  it("tell of an account in trouble until it is mended", async () => {
    let hasCredit = false;
    const scene = makeScene({ arrival: () => (hasCredit ? undefined : { refused: "out_of_credit" }) });
    await scene.add("page", prose(90));
    const worker = scene.worker();
    const metrics = new WorkerMetrics();
    metrics.follow(worker);
    await worker.tick();
    expect((await scrape(metrics)).sum("gro_provider_paused", { provider: "scripted" })).toBe(1);
    hasCredit = true;
    await scene.advance(10 * MINUTE);
    await scene.runToEnd(worker);
    const page = await scrape(metrics);
    expect(page.sum("gro_provider_paused")).toBe(0);
    expect(page.sum("gro_provider_pauses_total", { kind: "out_of_credit" })).toBe(1);
    expect(page.sum("gro_batches_total", { event: "refused" })).toBe(1);
  });
});

describe("what was paid for and is in no summary", () => {
  it("is counted while a tree is on its way, and what an edited page leaves behind stays so", async () => {
    const scene = makeScene();
    const worker = scene.worker();
    const metrics = new WorkerMetrics();
    metrics.follow(worker);
    await scene.add("page", prose(90, 1));
    await worker.tick();
    // Edited while its batch is out: nobody will want that answer.
    await scene.save("page", prose(90, 2));
    await scene.advance(MINUTE);
    await worker.tick();
    const { billed, unused } = metrics.totals().tokens;
    expect(unused).toEqual(billed);
    await scene.advance(MINUTE);
    await scene.runToEnd(worker);
    const after = metrics.totals().tokens;
    expect(after.unused).toEqual(billed);
    expect(after.used).toEqual({
      input: after.billed.input - billed.input,
      output: after.billed.output - billed.output,
    });
  });

  it("counts an answer that two pages share as used once", async () => {
    const scene = makeScene();
    const worker = scene.worker();
    const metrics = new WorkerMetrics();
    metrics.follow(worker);
    await scene.add("one", prose(90, 1));
    await scene.add("two", prose(90, 1));
    await scene.runToEnd(worker);
    const { pages, tokens } = metrics.totals();
    expect(pages.summarized).toBe(2);
    expect(scene.provider.billed.size).toBe(1);
    expect(tokens.used).toEqual(tokens.billed);
  });
});

describe("pages", () => {
  it("are counted once, when two items of one end with the same summary, and so are its answers and its span", async () => {
    const scene = makeScene();
    const worker = scene.worker();
    const exporter = new InMemorySpanExporter();
    const spans = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const metrics = new WorkerMetrics({ telemetry: { tracer: spans.getTracer("test") } });
    metrics.follow(worker);
    let told = 0;
    worker.events.on("itemSummarized", () => (told += 1));
    await scene.add("page", prose(90, 1));
    await scene.add("page", prose(90, 2));
    await scene.runToEnd(worker);
    const { pages, tokens } = metrics.totals();
    expect(told).toBe(2);
    expect(pages.summarized).toBe(1);
    expect(pages.latency.count).toBe(1);
    expect((await scrape(metrics)).sum("gro_pages_summarized_total")).toBe(1);
    expect(tokens.used).toEqual(tokens.billed);
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    expect(names.filter((name) => name === "invoke_workflow summarize")).toHaveLength(1);
  });
});

describe("health", () => {
  it("is that of a worker whose last sign of life is not older than the limit", async () => {
    const scene = makeScene();
    const worker = scene.worker();
    const metrics = new WorkerMetrics({ now: () => scene.clock.now() });
    metrics.follow(worker);
    expect(metrics.health(MINUTE)).toEqual({ isAlive: true, silentMs: 0 });
    await scene.advance(MINUTE + 1);
    expect(metrics.health(MINUTE)).toEqual({ isAlive: false, silentMs: MINUTE + 1 });
    await worker.tick();
    expect(metrics.health(MINUTE).isAlive).toBe(true);
  });

  it("is not that of a worker that only fails", async () => {
    const scene = makeScene();
    const queue = { ...scene.store.queue, claim: () => Promise.reject(new Error("The disk is gone.")) };
    const worker = scene.worker({ store: { ...scene.store, queue } });
    const metrics = new WorkerMetrics({ now: () => scene.clock.now() });
    metrics.follow(worker);
    let failures = 0;
    worker.events.on("error", () => (failures += 1));
    worker.start();
    while (failures < 5) await scene.advance(MINUTE);
    await scene.advance(MINUTE);
    expect(metrics.health(MINUTE).isAlive).toBe(false);
    expect((await scrape(metrics)).sum("gro_worker_errors_total")).toBe(failures);
    await worker.stop();
  });
});

describe("what is told", () => {
  /** A worker whose events a test makes up. */
  const told = () => {
    const events = new EventEmitter<BatchWorkerEvents>();
    const metrics = new WorkerMetrics();
    const stop = metrics.follow({ events });
    return { events, metrics, stop };
  };

  it("stops when nobody follows any more", () => {
    const { events, metrics, stop } = told();
    const report = {} as BatchWorkerEvents["tickDone"][0];
    events.emit("tickDone", report);
    stop();
    events.emit("tickDone", report);
    expect(metrics.snapshot().counters["ticks"]).toEqual([{ labels: {}, value: 1 }]);
    expect(events.eventNames()).toEqual([]);
  });

  it("has no sentence in it, wherever it came from: labels are names", async () => {
    const { events, metrics } = told();
    const secret = 'My secret "is"\nthat I \\ {like} turtles';
    for (const code of [secret, "", "x".repeat(201), "disk_full", null]) {
      events.emit("error", { doing: secret, message: secret, code, isRetryable: true });
    }
    events.emit("itemDeadLettered", { itemId: "i", pageId: secret, code: "c", message: secret, waitedMs: 1 });
    const page = await scrape(metrics);
    expect(page.text).not.toMatch(/secret|turtles/u);
    expect(page.samples("gro_worker_errors_total")).toEqual([
      { labels: { code: "other" }, value: 2 },
      { labels: { code: "none" }, value: 2 },
      { labels: { code: "disk_full" }, value: 1 },
    ]);
  });

  it("stays bounded, however many labels there are, and loses no count", async () => {
    const { events, metrics } = told();
    for (let index = 0; index < 5_000; index += 1) {
      events.emit("itemDeadLettered", {
        ...{ itemId: "i", pageId: "p", code: `code-${index}`, message: "m", waitedMs: 1 },
      });
    }
    const page = await scrape(metrics);
    expect(page.samples("gro_dead_letters_total").length).toBeLessThanOrEqual(1_001);
    expect(page.sum("gro_dead_letters_total")).toBe(5_000);
    expect(page.sum("gro_page_wait_seconds")).toBe(5_000);
  });

  it("adds up over processes, and passes over what another version has measured", () => {
    const one = told();
    const two = told();
    for (const { events } of [one, one, two]) {
      events.emit("itemDeadLettered", {
        itemId: "i",
        pageId: "p",
        code: "c",
        message: "m",
        waitedMs: 90_000,
      });
    }
    const foreign = {
      counters: { inventions: [{ labels: {}, value: 7 }] },
      histograms: { pageWait: [{ labels: { outcome: "dead_lettered" }, buckets: [1, 2], sum: 3 }] },
    };
    const snapshots = [one.metrics.snapshot(), two.metrics.snapshot(), foreign];
    const totals = totalsOf(addSnapshots(snapshots));
    expect(totals.pages.deadLettered).toEqual({ c: 3 });
    expect(totals.pages.latency).toEqual({ count: 3, meanMs: 90_000 });
    expect(totalsOf(addSnapshots([])).pages.latency).toEqual({ count: 0, meanMs: null });
  });
});

it("what is told of a real worker's pages and answers holds none of their text and no step key", async () => {
  const scene = makeScene();
  const { store } = scene;
  const worker: BatchWorker = scene.worker();
  const metrics = new WorkerMetrics({ store });
  metrics.follow(worker);
  await scene.add("page", prose(700, 1));
  await scene.runToEnd(worker);
  const text = (await metrics.prometheusText()) + JSON.stringify([metrics.totals(), metrics.snapshot()]);
  for (const sentence of prose(700, 1).split(". ")) expect(text).not.toContain(sentence);
  for (const key of scene.provider.billed.keys()) expect(text).not.toContain(key);
});
