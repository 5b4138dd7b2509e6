import { startWorkerProcess } from "@gro/cli";
import { beforeEach, describe, expect, it } from "vitest";
import { startAnthropic } from "../emulators/index.js";
import { QueueScene } from "./queue-scene.js";
import { gather, isAlive, startProcess } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The built worker, as hosts have it. */
const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

const WAIT = { timeout: 60_000, interval: 20 };

const queued = (pages: number) =>
  scene.enqueueBooks(...Array.from({ length: pages }, (_, index) => 100 + index));

describe("a host's own worker", () => {
  it("goes on through any number of kills, against a batch API, and nothing is lost or paid twice", async () => {
    const emulator = await startAnthropic({ batches: { endsAfterLooks: 3 } });
    const pageIds = await queued(30);
    const worker = startWorkerProcess({
      ...{ queuePath: scene.queuePath, pagesDir: scene.pagesDir },
      ...{ provider: "anthropic", apiKey: emulator.key, baseUrl: emulator.url },
      ...{ pollIntervalMs: 50, batchPollIntervalMs: 50, orphanGraceMs: 1_000, batchSize: 20 },
      ...{ firstWaitMs: 1, steadyAfterMs: 1 },
    });
    const seen: string[] = [];
    worker.events.on("worker", ({ event }) => seen.push(event));
    const deaths: unknown[] = [];
    worker.events.on("died", (death) => deaths.push(death));
    for (const moment of ["batchReserved", "batchSubmitted", "batchCollected", "itemSummarized"]) {
      await expect.poll(() => seen.includes(moment), WAIT).toBe(true);
      const { length } = deaths;
      process.kill(worker.pid ?? 0, "SIGKILL");
      await expect.poll(() => deaths.length, WAIT).toBe(length + 1);
      seen.length = 0;
      if (pageIds.every((pageId) => "summary" in scene.page(pageId))) break;
    }
    await expect.poll(() => pageIds.filter((pageId) => !("summary" in scene.page(pageId))), WAIT).toEqual([]);
    await worker.stop();
    expect(await worker.ended).toEqual({ kind: "stopped" });
    const keys = emulator.billing.bills.flatMap(({ batch }) => batch?.customId ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    await emulator.close();
  });

  it("without its key gives up at once, and says what is missing", async () => {
    const environment = { ...process.env, ANTHROPIC_API_KEY: undefined };
    const worker = startWorkerProcess({
      ...{ queuePath: scene.queuePath, pagesDir: scene.pagesDir, provider: "anthropic", environment },
    });
    expect(await worker.ended).toMatchObject({
      kind: "gave-up",
      reason: expect.stringContaining("it has no key") as string,
    });
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("ends when its host ends by %s", async (signal) => {
    await queued(1);
    const program = new URL("./programs/worker-parent.ts", import.meta.url).pathname;
    const host = startProcess(program, [scene.queuePath, scene.pagesDir]);
    const { written, ended } = gather(host);
    await expect.poll(() => /^started (\d+)$/mu.exec(written.stdout)?.[1], WAIT).toBeDefined();
    const pid = Number(/^started (\d+)$/mu.exec(written.stdout)?.[1]);
    // Also while it starts: half of the time nothing has been read yet.
    if (signal === "SIGKILL") await expect.poll(() => written.stdout, WAIT).toContain("said");
    host.kill(signal);
    await ended;
    await expect.poll(() => isAlive(pid), WAIT).toBe(false);
  });
});
