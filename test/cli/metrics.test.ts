import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { BatchWorker, localBatch } from "@gro/batch";
import { countForStatus, providers, run } from "@gro/cli";
import { extractive } from "@gro/extractive";
import { fileStore } from "@gro/file-store";
import { systemClock, type Clock } from "@gro/summarizer";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startAnthropic } from "../emulators/index.js";
import { Scrape } from "../metrics/support/scrape.js";
import { environment, sentences } from "./program.js";
import { lines, QueueScene, type Standing } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

const FAST = ["--poll-interval", "20", "--batch-poll-interval", "20"];

const queued = (...counts: readonly number[]) => scene.enqueueBooks(...counts);

/** Listens as any other program might. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("It listens.");
  return address.port;
}

/** A worker that goes on until it is stopped, with the address of its metrics. */
async function startWorker(flags: readonly string[], given: Parameters<typeof environment>[0] = {}) {
  const signals = new EventEmitter();
  const surroundings = environment({ clock: systemClock(), ...given, signals });
  const ended = run(["worker", ...FAST, ...flags, ...scene.storeFlags], surroundings);
  const urlIn = () => /metrics at (http:\S+)\/metrics/u.exec(surroundings.stderr.text)?.[1];
  while (urlIn() === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  return {
    surroundings,
    url: urlIn() ?? "",
    async stop() {
      signals.emit("SIGTERM");
      return ended;
    },
  };
}

async function read(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("worker --metrics-port", () => {
  it("answers Prometheus with the provider's own figures, on this machine alone, without key or content", async () => {
    const server = await startAnthropic({ batches: { endsAfterLooks: 2 } });
    onTestFinished(() => server.close());
    const pageIds = await queued(300, 20);
    const variables = { ANTHROPIC_API_KEY: server.key, ANTHROPIC_BASE_URL: server.url, METRICS_PORT: "0" };
    const worker = await startWorker([], { providers, variables });
    expect(worker.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    await until(() => pageIds.every((pageId) => "summary" in scene.page(pageId)));
    await until(async () =>
      (await read(`${worker.url}/metrics`)).text.includes('gro_queue_items{state="claimed"} 0'),
    );
    const { status, type, text } = await read(`${worker.url}/metrics`);
    expect({ status, type }).toEqual({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8" });
    const page = await Scrape.of(text);
    const { total, bills } = server.billing;
    expect(page.sum("gro_tokens_total", { type: "input" })).toBe(total.inputTokens);
    expect(page.sum("gro_tokens_total", { type: "output" })).toBe(total.outputTokens);
    expect(page.sum("gro_steps_total", { outcome: "succeeded" })).toBe(bills.length);
    expect(page.sum("gro_pages_summarized_total")).toBe(2);
    expect(text).not.toContain(server.key);
    expect(text).not.toMatch(/lighthouse|keeper/u);
    expect(await read(`${worker.url}/healthz`)).toMatchObject({ status: 200, text: "ok\n" });
    expect(await worker.stop()).toBe(143);
    await expect(fetch(`${worker.url}/metrics`)).rejects.toThrow();
  });

  it("says that a worker is dead which has shown no sign of life for too long", async () => {
    let aheadMs = 0;
    const { now, sleep } = systemClock();
    const clock: Clock = { now: () => now() + aheadMs, sleep };
    const worker = await startWorker(["--metrics-port", "0", "--poll-interval", "3600000"], { clock });
    expect((await read(`${worker.url}/healthz`)).status).toBe(200);
    // From here on it does nothing for an hour.
    await until(async () =>
      (await read(`${worker.url}/metrics`)).text.includes("\ngro_worker_last_tick_timestamp_seconds "),
    );
    // Three of its own intervals.
    aheadMs = 3 * 3_600_000 + 60_000;
    expect(await read(`${worker.url}/healthz`)).toMatchObject({
      status: 503,
      text: expect.stringMatching(/^the worker has shown no sign of life for \d+ s\n$/u) as string,
    });
    await worker.stop();
  });

  it("answers nothing else, and harms nobody who asks", async () => {
    const worker = await startWorker(["--metrics-port", "0"]);
    expect((await read(`${worker.url}/`)).status).toBe(404);
    expect((await read(`${worker.url}/metrics`, { method: "POST", body: "x" })).status).toBe(405);
    expect(await read(`${worker.url}/metrics?from=prometheus`)).toMatchObject({ status: 200 });
    expect(await read(`${worker.url}/healthz`, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    const [first, ...others] = await Promise.all(
      Array.from({ length: 20 }, () => read(`${worker.url}/metrics`)),
    );
    expect(first?.status).toBe(200);
    expect(others.every(({ status }) => status === 200)).toBe(true);
    expect(await worker.stop()).toBe(143);
  });

  it("in use by another program ends with 1 and says so; the queue is as it was, and the next one does it", async () => {
    const [pageId = ""] = await queued(30);
    const port = await takenPort();
    const ended = await scene.worker(["--drain", "--metrics-port", String(port)]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain(
      `No metrics at port ${port} of 127.0.0.1: another program listens there. Take another port, or 0`,
    );
    // The sentence is the last word, which a program that runs the worker passes on.
    expect(ended.stderr).not.toMatch(/working on|because:/u);
    expect((await scene.standing()).items).toEqual({ ready: 1, waiting: 0, claimed: 0, dead: 0 });
    expect((await scene.worker(["--drain", "--metrics-port", "0"])).code).toBe(0);
    expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
  });

  it.each([
    [["--metrics-port", "65536"], {}, "--metrics-port: got 65536, expected a whole number from 0 to 65535."],
    [["--metrics-port", "-1"], {}, "--metrics-port: got -1, expected a whole number from 0 to 65535."],
    [[], { METRICS_PORT: "http" }, 'METRICS_PORT: got "http", expected a whole number from 0 to 65535.'],
    [["--metrics-host", "::1"], {}, "--metrics-host has no meaning without --metrics-port."],
  ])("%j %j ends with 2, and nothing is made", async (flags, variables, message) => {
    const { code, stderr } = await scene.worker(["--drain", ...flags], { variables });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(scene.queuePath)).toBe(false);
  });

  it("at an address that is not this machine's ends with 1 and names it", async () => {
    const flags = ["--drain", "--metrics-port", "0", "--metrics-host", "192.0.2.1"];
    const { code, stderr } = await scene.worker(flags);
    expect(code).toBe(1);
    expect(stderr).toContain("No metrics at port 0 of 192.0.2.1: this machine has no such address.");
  });
});

interface Totals {
  readonly since: string;
  readonly pages: { readonly summarized: number };
  readonly batches: { readonly events: Readonly<Record<string, number>> };
  readonly steps: { readonly outcomes: Readonly<Record<string, number>> };
  readonly tokens: { readonly billed: { readonly input: number; readonly output: number } };
}

async function totals(): Promise<Totals | null> {
  return ((await scene.standing()) as Standing & { readonly totals: Totals | null }).totals;
}

interface Collected {
  readonly event: string;
  readonly succeeded: number;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
}

/** What a worker has told with --json. */
function collectedIn(stdout: string): Totals["tokens"]["billed"] & { readonly succeeded: number } {
  const events = lines(stdout).map((line) => JSON.parse(line) as Collected);
  const collected = events.filter(({ event }) => event === "batchCollected");
  const sum = (of: (event: Collected) => number) => collected.reduce((total, event) => total + of(event), 0);
  return {
    input: sum(({ usage }) => usage.inputTokens),
    output: sum(({ usage }) => usage.outputTokens),
    succeeded: sum(({ succeeded }) => succeeded),
  };
}

const figuresFiles = () =>
  readdirSync(join(scene.queuePath, "metrics")).map((name) => join(scene.queuePath, "metrics", name));

/** As if the worker that wrote it had been another process, and that were gone. */
function letItsProcessBeGone(file: string): void {
  const { pid } = spawnSync(process.execPath, ["--eval", ""]);
  const content = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...content, pid }));
}

describe("status", () => {
  it("has no totals before the first worker", async () => {
    expect(await totals()).toBeNull();
    await queued(30);
    expect(await totals()).toBeNull();
  });

  it("adds up what all workers have done, those that are gone and those that are not", async () => {
    await queued(300, 10);
    const first = collectedIn((await scene.worker(["--drain", "--json"])).stdout);
    const expected = { input: first.input, output: first.output };
    expect(await totals()).toMatchObject({
      since: "2026-01-01T00:00:00.000Z",
      pages: { summarized: 2 },
      steps: { outcomes: { succeeded: first.succeeded } },
      tokens: { billed: expected, used: expected, unused: { input: 0, output: 0 } },
    });
    scene.file("another.txt", sentences(200));
    await scene.enqueue([join(scene.folder, "another.txt"), "--target-tokens", "60"]);
    const second = collectedIn((await scene.worker(["--drain", "--json"])).stdout);
    expect(second.succeeded).toBeGreaterThan(0);
    const both = { input: first.input + second.input, output: first.output + second.output };
    expect((await totals())?.tokens.billed).toEqual(both);
    expect((await totals())?.pages.summarized).toBe(3);

    // Files do not pile up: a worker takes over those of workers that are gone, and nothing counts twice.
    expect(figuresFiles()).toHaveLength(2);
    for (const file of figuresFiles()) letItsProcessBeGone(file);
    await scene.worker(["--drain"]);
    expect(figuresFiles()).toHaveLength(1);
    expect((await totals())?.tokens.billed).toEqual(both);
    expect((await totals())?.pages.summarized).toBe(3);
    const { stdout } = await scene.status();
    expect(stdout).toContain("what workers have done since 2026-01-01 00:00");
    expect(stdout).toContain("pages: 3 summarized, dead letters none");
  });

  it("counts nothing twice when a worker died while it took over another one's figures", async () => {
    await queued(100);
    await scene.worker();
    const [first = ""] = figuresFiles();
    const before = await totals();
    const { id } = JSON.parse(readFileSync(first, "utf8")) as { readonly id: string };
    // It has added them to its own, and could not remove them any more.
    const heir = { ...(JSON.parse(readFileSync(first, "utf8")) as object), id: "heir", includes: [id] };
    writeFileSync(join(scene.queuePath, "metrics", "worker-heir.json"), JSON.stringify(heir));
    expect(await totals()).toEqual(before);
  });

  it("counts nothing twice when that one's figures are taken over in their turn", async () => {
    await queued(100);
    await scene.worker();
    const [first = ""] = figuresFiles();
    const before = await totals();
    const content = JSON.parse(readFileSync(first, "utf8")) as { readonly id: string };
    // It has died between adding them to its own and removing them.
    const heir = join(scene.queuePath, "metrics", "worker-heir.json");
    writeFileSync(heir, JSON.stringify({ ...content, id: "heir", includes: [content.id] }));
    renameSync(first, join(scene.queuePath, "metrics", `worker-${content.id}.heir.json`));
    for (const file of figuresFiles()) letItsProcessBeGone(file);
    await scene.worker(["--drain"]);
    expect(await totals()).toEqual(before);
    expect(figuresFiles()).toHaveLength(1);
    await scene.worker(["--drain"]);
    expect(await totals()).toEqual(before);
  });

  it("leaves to a worker that lives what it is just taking over", async () => {
    await queued(100);
    await scene.worker();
    const [first = ""] = figuresFiles();
    const before = await totals();
    const content = JSON.parse(readFileSync(first, "utf8")) as { readonly id: string };
    letItsProcessBeGone(first);
    renameSync(first, join(scene.queuePath, "metrics", `worker-${content.id}.taker.json`));
    const snapshot = { counters: {}, histograms: {} };
    const taker = { ...content, id: "taker", includes: [], snapshot };
    const takersFile = join(scene.queuePath, "metrics", "worker-taker.json");
    writeFileSync(takersFile, JSON.stringify(taker));
    await scene.worker(["--drain"]);
    // The taker goes on: now it has added them.
    writeFileSync(takersFile, JSON.stringify({ ...content, id: "taker", includes: [content.id] }));
    expect(await totals()).toEqual(before);
  });

  it("counts a worker of this process that is counted for it", async () => {
    const pageIds = await queued(300, 10);
    const store = fileStore(scene.queuePath, { pagesDirectory: scene.pagesDir });
    const worker = new BatchWorker({
      ...{ store, provider: localBatch(extractive()) },
      ...{ pollIntervalMs: 1, batchPollIntervalMs: 1 },
    });
    const count = await countForStatus(worker, { queuePath: scene.queuePath });
    await worker.drain();
    await worker.stop();
    await count.stop();
    await store.close();
    expect(await totals()).toMatchObject({ pages: { summarized: pageIds.length } });
    const { code } = await scene.worker(["--drain"]);
    expect(code).toBe(0);
    expect((await totals())?.pages.summarized).toBe(pageIds.length);
  });

  it("passes over a file that a power failure has cut", async () => {
    await queued(100);
    await scene.worker();
    const before = await totals();
    const [file = ""] = figuresFiles();
    writeFileSync(
      join(scene.queuePath, "metrics", "worker-cut.json"),
      readFileSync(file, "utf8").slice(0, 200),
    );
    writeFileSync(join(scene.queuePath, "metrics", "worker-odd.json"), '{"version":1,"snapshot":[]}');
    expect(await totals()).toEqual(before);
  });
});

it("a worker that cannot keep its figures says so once and works", async () => {
  const [pageId = ""] = await queued(30);
  mkdirSync(scene.queuePath, { recursive: true });
  writeFileSync(join(scene.queuePath, "metrics"), "somebody else's");
  const { code, stderr } = await scene.worker();
  expect(code).toBe(0);
  expect(stderr.match(/what the worker counts cannot be kept for status/gu)).toHaveLength(1);
  expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
});
