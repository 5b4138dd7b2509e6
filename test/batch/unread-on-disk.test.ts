import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { BatchWorker } from "@gro/batch";
import { fileStore } from "@gro/file-store";
import { enqueuePages } from "@gro/queue";
import { prose } from "../support/prose.js";
import { PROVIDERS } from "./support/emulated.js";
import { handClock } from "./support/hand-clock.js";
import { MINUTE, pageOf, tokenizer } from "./support/scene.js";
import { HOUR, PAGES, RESULTS } from "./support/unread.js";

it.each(PROVIDERS)(
  "results of %s that could not be read are remembered on disk, through every restart",
  async (_name, start) => {
    let isBroken = true;
    const { server, provider } = await start({
      cue: ({ path }) =>
        isBroken && RESULTS.test(path)
          ? { kind: "short-results", afterLines: 0, how: "line-end" }
          : undefined,
      batches: { endsAfterLooks: 1 },
    });
    const directory = await mkdtemp(join(tmpdir(), "gro-unread-"));
    onTestFinished(async () => {
      await server.close();
      await rm(directory, { recursive: true });
    });
    const clock = handClock();
    // Small segments: what is remembered goes through snapshots, too.
    const open = () => fileStore(directory, { clock, segmentBytes: 1_024 });
    const tick = async () => {
      await using store = open();
      const worker = new BatchWorker({
        ...{ store, provider, tokenizer, clock, random: () => 0.5, resultsPatienceMs: HOUR },
        ...{ pollIntervalMs: MINUTE, batchPollIntervalMs: MINUTE },
        defaults: { targetTokens: 60, chunkSize: 256, tokenMax: 600 },
      });
      await worker.tick();
      await worker.stop();
      clock.advance(5 * MINUTE);
      return await store.queue.stats();
    };
    {
      await using store = open();
      await enqueuePages(
        store,
        Array.from({ length: PAGES }, (_, page) => pageOf(`page-${page}`, prose(90, page + 1))),
      );
    }
    let minutes = 0;
    for (let stats = await tick(); stats.dead < PAGES; stats = await tick()) {
      minutes += 5;
      expect(minutes).toBeLessThan(120);
    }
    expect(minutes).toBeGreaterThanOrEqual(60);
    isBroken = false;
    {
      await using store = open();
      expect(await store.queue.retry()).toBe(PAGES);
    }
    for (let ticks = 0; ticks < 3; ticks += 1) await tick();
    expect(await tick()).toMatchObject({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
    expect(server.batches.jobs).toHaveLength(1);
    expect(server.billing.bills).toHaveLength(PAGES);
  },
);
