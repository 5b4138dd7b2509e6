import { describe, expect, it, onTestFinished } from "vitest";
import { anthropicBatch } from "@gro/anthropic";
import { startAnthropic } from "../emulators/index.js";
import { prose } from "../support/prose.js";
import { handClock } from "./support/hand-clock.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

const PAUSE = 5 * MINUTE;

describe("a worker that starts while a pause of an earlier one lasts", () => {
  it.each(["out_of_credit", "credentials_refused"] as const)(
    "(%s) tries once, says why it waits, and then waits",
    async (refused) => {
      const scene = makeScene({ arrival: () => ({ refused }) });
      for (let page = 0; page < 4; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
      await scene.worker({ pauseMs: PAUSE }).tick();
      await scene.advance(1_000);
      const worker = scene.worker({ pauseMs: PAUSE });
      const events = listenTo(worker);
      await worker.tick();
      expect(scene.provider.submissions).toHaveLength(2);
      expect(events.paused).toMatchObject([
        { kind: refused, message: expect.stringMatching(/./u) as string },
      ]);
      for (let minutes = 1; minutes < 5; minutes += 1) {
        await scene.advance(MINUTE);
        await worker.tick();
      }
      expect(scene.provider.submissions).toHaveLength(2);
      expect(events.paused).toHaveLength(1);
    },
  );

  it("goes on at once with every page when the fix is there", async () => {
    let isBroken = true;
    const scene = makeScene({ arrival: () => (isBroken ? { refused: "out_of_credit" } : undefined) });
    for (let page = 0; page < 6; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    await scene.worker({ pauseMs: PAUSE, batchSize: 2 }).tick();
    isBroken = false;
    await scene.advance(1_000);
    await scene.worker({ pauseMs: PAUSE, batchSize: 2 }).tick();
    expect(scene.provider.submissions).toEqual([2, 2, 2, 2]);
  });

  it("does the same when the provider was only busy", async () => {
    const scene = makeScene({
      arrival: (_submission, number) =>
        number === 1 ? { refused: "rate_limited", retryAfterMs: 4 * MINUTE } : undefined,
    });
    await scene.add("page", prose(90));
    await scene.worker().tick();
    await scene.worker().tick();
    expect(scene.provider.submissions).toEqual([1, 1]);
  });
});

describe("the end of a pause", () => {
  it("calls all pages that another worker had set aside for longer", async () => {
    let isBroken = true;
    const scene = makeScene({ arrival: () => (isBroken ? { refused: "out_of_credit" } : undefined) });
    await scene.add("early", prose(90, 1));
    const quick = scene.worker({ pauseMs: MINUTE });
    const slow = scene.worker({ pauseMs: 60 * MINUTE });
    const events = listenTo(quick);
    await quick.tick();
    await slow.tick();
    await scene.add("late", prose(90, 2));
    await slow.tick();
    isBroken = false;
    await scene.advance(MINUTE);
    await scene.add("later", prose(90, 3));
    await quick.tick();
    await quick.tick();
    expect(events.resumed).toHaveLength(1);
    expect(scene.provider.submissions.slice(-2).reduce((sum, size) => sum + size)).toBe(3);
  });
});

describe("a server that refuses connections", () => {
  it("has nothing that needs to be looked for: the batch is sent again as soon as it listens", async () => {
    const server = await startAnthropic({ batches: { endsAfterLooks: 1 } });
    onTestFinished(() => server.close());
    const gone = await startAnthropic();
    await gone.close();
    let isDown = true;
    const provider = anthropicBatch("claude-haiku-4-5", {
      ...{ apiKey: server.key, baseURL: server.url },
      fetch: (input, init) => fetch(isDown ? gone.url : input, init),
    });
    const scene = makeScene({}, { provider, clock: handClock() });
    await scene.add("page", prose(90));
    const worker = scene.worker({ orphanGraceMs: 60 * MINUTE });
    const events = listenTo(worker);
    await worker.tick();
    expect(events.batchSubmissionUnknown).toEqual([]);
    expect(events.batchRefused).toMatchObject([
      { failure: { message: expect.stringMatching(/ECONNREFUSED.*[.?]$/u) as string } },
    ]);
    isDown = false;
    await scene.advance(2_000);
    await worker.tick();
    expect(events.batchSubmitted).toHaveLength(1);
    await scene.runToEnd(worker, 5);
    expect(await scene.deaths()).toEqual({});
    expect(server.billing.bills).toHaveLength(1);
  });
});
