import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAnthropic, type AnthropicEmulator, type Cue } from "../emulators/index.js";
import { expectAllKept } from "../kill/accounts.js";
import { pageOf } from "../kill/pages.js";
import { bundlePrograms, Program } from "../kill/programs.js";
import { seededRandom } from "../support/prose.js";
import { openStore, type ProgramSettings } from "./programs/settings.js";
import { cuttingProxy, type CuttingProxy } from "./support/cutting-proxy.js";
import { startServer, type Server } from "./support/server.js";

/** `STORM_SEED=… STORM_PAGES=100000 STORM_CALM_MS=4000 npm run test:long` repeats a run as far as the machine lets it, at any scale. */
const SEED = Number(process.env["STORM_SEED"] ?? Math.floor(Math.random() * 1e9));
const PAGES = Number(process.env["STORM_PAGES"] ?? 800);
const HOSTS = 4;
const WORKERS = 8;
const CUT_SHARE = 0.002;
/** More requests go into a batch where there are more pages. */
const BATCH_SIZE = Math.max(60, Math.ceil(PAGES / 100));
/** Of the provider's answers, what of each kind goes wrong. */
const FAULT_SHARE = 0.02;
/** Between two things that go wrong, on average. A machine that a storm keeps busy with starting programs brings no pages. */
const CALM_MS = Number(process.env["STORM_CALM_MS"] ?? 700);
const random = seededRandom(SEED);

let programs: string;
let server: Server;
let proxy: CuttingProxy;
let emulator: AnthropicEmulator;

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "gro-programs-"));
  await bundlePrograms(programs, "test/postgres-store/programs");
  server = await startServer({ isDurable: true });
  proxy = await cuttingProxy(server.port, CUT_SHARE, random);
  emulator = await startAnthropic({ cue: troubles, batches: { endsAfterLooks: 2, doneAtLook: 3 } });
}, 120_000);
afterAll(async () => {
  await emulator.close();
  await proxy.close();
  await server.dispose();
  await rm(programs, { recursive: true, force: true });
});

const faults = { status: 0, cut: 0, lost: 0, short: 0 };

/** The provider is overloaded, hangs up, makes batches without saying so, and breaks off in the middle of results. */
const troubles: Cue = ({ method, path }) => {
  if (random() < FAULT_SHARE) {
    faults.status += 1;
    return { kind: "status", status: random() < 0.5 ? 500 : 529 };
  }
  if (random() < FAULT_SHARE) {
    faults.cut += 1;
    return { kind: "cut-before-headers" };
  }
  if (method === "POST" && random() < 5 * FAULT_SHARE) {
    faults.lost += 1;
    return { kind: "lost-after-effect", how: "cut" };
  }
  if (path.endsWith("/results") && random() < 5 * FAULT_SHARE) {
    faults.short += 1;
    return { kind: "short-results", afterLines: Math.floor(random() * 20), how: "mid-line" };
  }
  return undefined;
};

/** A host that brings its share of the pages, over any number of deaths. */
class Host {
  readonly acknowledged = new Set<number>();
  private program: Program;
  private next: number;

  constructor(
    private readonly settings: ProgramSettings,
    from: number,
    private readonly to: number,
  ) {
    this.next = from;
    this.program = this.start();
  }

  get isDone(): boolean {
    return this.program.isOver && this.acknowledged.size === this.count();
  }

  async killAndStart(): Promise<void> {
    await this.program.kill();
    this.count();
    this.program = this.start();
  }

  private start(): Program {
    const pages = { from: this.next, to: this.to, pauseMs: 5 };
    return new Program(programs, "host", { ...this.settings, pages });
  }

  /** Takes note of what was acknowledged; answers how many pages there are so far. */
  private count(): number {
    for (const line of this.program.said) {
      this.acknowledged.add(Number(line));
      this.next = Math.max(this.next, Number(line) + 1);
    }
    return this.acknowledged.size;
  }
}

it(
  `${PAGES} pages, ${HOSTS} hosts and ${WORKERS} workers: nothing is lost or paid twice, whatever is killed, stopped or cut (STORM_SEED=${SEED})`,
  async () => {
    const direct = { databaseUrl: server.url, url: emulator.url, key: emulator.key, batchSize: BATCH_SIZE };
    const settings = { ...direct, databaseUrl: server.url.replace(`:${server.port}/`, `:${proxy.port}/`) };
    // A host's edits stay within ten pages, and these within its share.
    const share = Math.ceil(PAGES / HOSTS / 10) * 10;
    const hosts = Array.from(
      { length: HOSTS },
      (_, index) => new Host(settings, index * share, Math.min(PAGES, (index + 1) * share)),
    );
    const workers = Array.from({ length: WORKERS }, () => new Program(programs, "worker", settings));
    const counts = { killed: 0, restarted: 0 };
    const leastRestarts = 6;

    while (counts.restarted < leastRestarts || !hosts.every((host) => host.isDone)) {
      await pause(random() * 2 * CALM_MS);
      const what = Math.floor(random() * 8);
      if (what < 5) {
        const victim = Math.floor(random() * WORKERS);
        await workers[victim]?.kill();
        workers[victim] = new Program(programs, "worker", settings);
        counts.killed += 1;
      } else if (what < 7) {
        await server.stop(random() < 0.5 ? "fast" : "immediate");
        await pause(random() * CALM_MS);
        await server.start();
        counts.restarted += 1;
      } else {
        const host = hosts[Math.floor(random() * HOSTS)];
        if (host?.isDone === false) await host.killAndStart();
        counts.killed += 1;
      }
    }
    await Promise.all(workers.map((worker) => worker.kill()));
    const drains = Array.from(
      { length: 2 },
      () => new Program(programs, "worker", { ...direct, drains: true }),
    );
    for (const worker of drains) {
      await worker.end();
      expect(worker.process.exitCode, worker.complaints).toBe(0);
    }

    console.log(
      JSON.stringify({ ...counts, faults, cuts: proxy.cuts, bills: emulator.billing.bills.length }),
    );
    expect(proxy.cuts).toBeGreaterThan(0);
    // Of a few hundred requests some kinds may miss.
    expect(faults.status + faults.cut + faults.lost + faults.short).toBeGreaterThan(0);
    const acknowledged = hosts.flatMap((host) => [...host.acknowledged]);
    expect(acknowledged).toHaveLength(PAGES);
    await using store = openStore(direct);
    const { dead } = await expectAllKept(store, acknowledged.map(pageOf), emulator.billing);
    expect(dead).toBe(0);
  },
  Math.max(1_800_000, PAGES * 100),
);
