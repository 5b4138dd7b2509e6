import { setTimeout as pause } from "node:timers/promises";
import { anthropicBatch } from "@gro/anthropic";
import { BatchWorker } from "@gro/batch";
import { postgresStore } from "@gro/postgres-store";
import { enqueuePages } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { expect, it, onTestFinished } from "vitest";
import { handClock } from "../batch/support/hand-clock.js";
import { startAnthropic } from "../emulators/index.js";
import { prose } from "../support/prose.js";
import { page } from "./support/items.js";
import { startServer } from "./support/server.js";

const SECOND = 1_000;
const STEP = 5 * SECOND;
const TEN_MINUTES = 600 * SECOND;
/** Beyond this nobody is waited for. */
const A_DAY = 24 * 3_600 * SECOND;
const PAGES = ["short", "long", "longer"].map((id, index) => page(id, prose(60 + 600 * index, index + 1)));

it.each(["fast", "immediate"] as const)(
  "a server that is gone for ten minutes (%s), while batches are out, costs nothing but the time",
  async (mode) => {
    const server = await startServer({ isDurable: true });
    const emulator = await startAnthropic({ batches: { endsAfterLooks: 2 } });
    const clock = handClock();
    const store = postgresStore(server.url, { clock });
    const worker = new BatchWorker({
      ...{ store, clock, tokenizer: approximate(), defaults: { targetTokens: 60, chunkSize: 256 } },
      provider: anthropicBatch("claude-haiku-4-5", { apiKey: emulator.key, baseURL: emulator.url }),
    });
    const errors: { isRetryable?: unknown }[] = [];
    let submitted = 0;
    worker.events.on("error", (error) => errors.push(error));
    worker.events.on("batchSubmitted", () => (submitted += 1));
    onTestFinished(async () => {
      await worker.stop();
      await store.close();
      await emulator.close();
      await server.dispose();
    });

    /** Lets time go by until something is so. */
    async function passUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
      for (let passed = 0; passed < A_DAY; passed += STEP) {
        if (await isSo()) return;
        clock.advance(STEP);
        // The database and the provider answer in real time.
        await pause(2);
      }
      throw new Error("A day has gone by");
    }

    await enqueuePages(store, PAGES);
    worker.start();
    await passUntil(() => submitted > 0);
    await server.stop(mode);
    const goneAt = clock.now();
    await passUntil(() => clock.now() >= goneAt + TEN_MINUTES);
    // It looks again each minute, and no more often.
    expect(errors.length).toBeGreaterThanOrEqual(5);
    expect(errors.length).toBeLessThanOrEqual(40);
    expect(errors.every(({ isRetryable }) => isRetryable === true)).toBe(true);

    await server.start();
    await passUntil(async () => {
      const { ready, waiting, claimed } = await store.queue.stats();
      return ready + waiting + claimed === 0;
    });
    for (const { id } of PAGES) {
      expect((await store.pages.read(id))?.page.summary).toEqual(expect.any(String));
    }
    const bodies = emulator.billing.bills.map(({ bodyHash }) => bodyHash);
    expect(bodies.length).toBeGreaterThan(PAGES.length);
    expect(new Set(bodies).size).toBe(bodies.length);
  },
);
