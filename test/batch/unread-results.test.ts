import { describe, expect, it, onTestFinished } from "vitest";
import { anthropicBatch } from "@gro/anthropic";

import { startAnthropic } from "../emulators/index.js";
import { prose } from "../support/prose.js";
import { handClock } from "./support/hand-clock.js";
import { PROVIDERS, startClaude } from "./support/emulated.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";
import {
  expectReadAgain,
  expectUnreadableThenRead,
  HOUR,
  PAGES,
  RESULTS,
  TROUBLES,
  unreadScene,
} from "./support/unread.js";

describe.each(PROVIDERS)("results of %s that are paid for and cannot be read", (_name, start) => {
  it.each(TROUBLES.filter(([how]) => how === "short" || how === "a web page"))(
    "(%s) are read again for hours, ever more seldom, and asked once",
    async (_how, fault) => {
      await expectReadAgain(start, fault);
    },
  );

  it.each(TROUBLES.filter(([how]) => how === "empty" || how === "lines that are no JSON"))(
    "(%s) end as unreadable in time, and a retry reads the batch again",
    async (_how, fault) => {
      await expectUnreadableThenRead(start, fault);
    },
  );

  it("are read again for one page alone, and all that they hold is kept for the others", async () => {
    const scene = await unreadScene(start, { kind: "short-results", afterLines: 0, how: "line-end" });
    await scene.runToEnd(scene.worker({ resultsPatienceMs: 10 * MINUTE }), 90);
    scene.mend();
    const worker = scene.worker();
    const events = listenTo(worker);
    const letters = await scene.store.queue.deadLetters();
    const readings = scene.readings();
    for (const [index, { item }] of letters.entries()) {
      await scene.advance(MINUTE);
      await scene.store.queue.retry([item.id]);
      await scene.runToEnd(worker, 3);
      // Then its provider loses it.
      if (index === 0) scene.server.batches.vanish(scene.server.batches.jobs[0]?.id ?? "");
    }
    expect(events.resultAnomaly).toEqual([]);
    // One reading has brought the answers of all, and told their tokens once.
    expect(events.batchCollected).toMatchObject([{ succeeded: 1, usage: { calls: PAGES } }]);
    expect(scene.readings()).toBe(readings + 1);
    await scene.expectAllPaidOnce();
  });

  it("are asked anew by a retry when the provider does not know the batch any more", async () => {
    const scene = await unreadScene(start, { kind: "short-results", afterLines: 0, how: "line-end" });
    const worker = scene.worker({ resultsPatienceMs: 10 * MINUTE });
    await scene.runToEnd(worker, 90);
    scene.server.batches.vanish(scene.server.batches.jobs[0]?.id ?? "");
    scene.mend();
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker, 20);
    expect(await scene.deaths()).toEqual({});
    expect(scene.server.batches.jobs).toHaveLength(2);
  });

  it("are not asked anew by themselves when the batch vanishes after it has ended", async () => {
    const scene = await unreadScene(start, { kind: "short-results", afterLines: 0, how: "line-end" });
    const worker = scene.worker({ resultsPatienceMs: HOUR, orphanGraceMs: MINUTE });
    for (let ticks = 0; ticks < 4; ticks += 1) {
      await worker.tick();
      await scene.advance(MINUTE);
    }
    scene.server.batches.vanish(scene.server.batches.jobs[0]?.id ?? "");
    await scene.runToEnd(worker, 90);
    expect(new Set(Object.values(await scene.deaths()))).toEqual(new Set(["results_unreadable"]));
    expect(scene.server.batches.jobs).toHaveLength(1);
  });
});

describe("results that Anthropic says are at another address", () => {
  it("are not fetched, and read without paying again when that is mended", async () => {
    let elsewhere: string | undefined = "http://127.0.0.1:9";
    const scene = await unreadScene(
      startClaude,
      { kind: "exact-text", text: "" },
      { resultsOrigin: () => elsewhere },
    );
    const worker = scene.worker({ resultsPatienceMs: 30 * MINUTE });
    await scene.runToEnd(worker, 90);
    const [letter] = await scene.store.queue.deadLetters();
    expect(letter?.reason).toMatchObject({
      code: "results_unreadable",
      message: expect.stringContaining("http://127.0.0.1:9") as string,
    });
    elsewhere = undefined;
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker, 3);
    expect(await scene.deaths()).toEqual({});
    await scene.expectAllPaidOnce();
  });
});

describe("results that the provider has deleted", () => {
  it("are asked anew by a retry, not before and not by themselves", async () => {
    const clock = handClock();
    let isBroken = true;
    const server = await startAnthropic({
      cue: ({ path }) =>
        isBroken && RESULTS.test(path) ? { kind: "status", status: 400, words: "No." } : undefined,
      batches: { endsAfterLooks: 1, now: () => clock.now(), keepsResultsMs: 5 * HOUR },
    });
    onTestFinished(() => server.close());
    const provider = anthropicBatch("claude-haiku-4-5", {
      ...{ apiKey: server.key, baseURL: server.url, keepsResultsMs: 5 * HOUR },
    });
    const scene = makeScene({}, { provider, clock });
    await scene.add("page", prose(90));
    const worker = scene.worker({ resultsPatienceMs: HOUR });
    await scene.runToEnd(worker, 90);
    await scene.advance(2 * HOUR);
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker, 90);
    expect(await scene.deaths()).toEqual({ page: "results_unreadable" });
    expect(server.batches.jobs).toHaveLength(1);
    isBroken = false;
    await scene.advance(2 * HOUR);
    await worker.tick();
    expect(server.batches.jobs).toHaveLength(1);
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker, 10);
    expect(await scene.deaths()).toEqual({});
    expect(server.batches.jobs).toHaveLength(2);
  });
});
