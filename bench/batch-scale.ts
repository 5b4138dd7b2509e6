import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnthropic } from "../test/emulators/index.js";
import { compileProcess, figuresOf } from "./compiled-process.js";
import type { Benchmark } from "./row.js";

interface WorkerFigures {
  readonly peakMb: number;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly summarized: number;
  readonly batches: number;
}

const PAGES = 20_000;

/** 20,000 pages of one chunk through batches of 10,000 requests: what the worker's own process needs, on disk and over HTTP. */
export const batchScale: Benchmark = {
  title: "20,000 pages of one chunk, batches of 10,000 requests, file store, official SDK over HTTP",
  async run() {
    const directory = await mkdtemp(join(tmpdir(), "gro-scale-"));
    const script = await compileProcess("batch-scale-process");
    const emulator = await startAnthropic({ batches: { endsAfterLooks: 1 } });
    try {
      const idle = await figuresOf<WorkerFigures>(script, "idle");
      await figuresOf(script, "host", directory, String(PAGES));
      const worker = await figuresOf<WorkerFigures>(script, "worker", directory, emulator.url, emulator.key);
      const cpuMs = (worker.cpuMs - idle.cpuMs) / PAGES;
      return [
        {
          name: "worker's processor time a page, ms",
          ours: cpuMs,
          limit: { text: "at most 1", holds: cpuMs <= 1 },
        },
        {
          name: "worker's peak memory, MB",
          ours: worker.peakMb,
          floor: { name: "idle", figure: idle.peakMb },
          limit: { text: "at most 512", holds: worker.peakMb <= 512 },
        },
        {
          name: "pages summarized",
          ours: worker.summarized,
          limit: { text: `${PAGES}`, holds: worker.summarized === PAGES },
        },
        { name: "batches", ours: worker.batches, limit: { text: "2", holds: worker.batches === 2 } },
        { name: "from the first tick to the last page, s", ours: worker.wallMs / 1000 },
      ];
    } finally {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
};
