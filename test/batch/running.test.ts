import { describe, expect, it } from "vitest";
import type { BatchWorker } from "@gro/batch";
import { virtualClock } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

describe("a worker that was started", () => {
  it("ticks when something is due, and finds new pages by its poll interval", async () => {
    const scene = makeScene();
    await scene.add("early", prose(90, 1));
    const worker = scene.worker({ pollIntervalMs: 10 * MINUTE, batchPollIntervalMs: MINUTE });
    worker.start();
    worker.start();
    await scene.advance(0);
    expect(scene.provider.submissions).toEqual([1]);
    await scene.advance(MINUTE);
    // The batch was due long before the next poll.
    expect((await scene.page("early"))?.summary).toBeTypeOf("string");
    await scene.add("late", prose(90, 2));
    await scene.advance(8 * MINUTE);
    expect(scene.provider.submissions).toEqual([1]);
    await scene.advance(2 * MINUTE);
    expect(scene.provider.submissions).toEqual([1, 1]);
    await worker.stop();
  });

  it("never ticks twice at once", async () => {
    const scene = makeScene();
    let underWay = 0;
    let most = 0;
    const { queue } = scene.store;
    const store = {
      ...scene.store,
      queue: {
        ...queue,
        async claim(...given: Parameters<typeof queue.claim>) {
          underWay += 1;
          most = Math.max(most, underWay);
          await scene.clock.sleep(100);
          underWay -= 1;
          return queue.claim(...given);
        },
      },
    };
    const worker = scene.worker({ store });
    worker.start();
    const ticks = [worker.tick(), worker.tick()];
    await scene.advance(10 * MINUTE);
    const [one, other] = await Promise.all(ticks);
    expect(one).toBe(other);
    expect(most).toBe(1);
    await worker.stop();
  });

  it("goes on when the store fails for a while, asking less often", async () => {
    const scene = makeScene();
    await scene.add("page", prose(90));
    let calls = 0;
    const { queue } = scene.store;
    const store = {
      ...scene.store,
      queue: {
        ...queue,
        claim: (...given: Parameters<typeof queue.claim>) => {
          calls += 1;
          return calls <= 4 ? Promise.reject(new Error("no connection")) : queue.claim(...given);
        },
      },
    };
    const worker = scene.worker({ store });
    const events = listenTo(worker);
    worker.start();
    await scene.advance(3_500);
    expect(calls).toBe(3);
    await scene.advance(5 * MINUTE);
    expect(events.error.map(({ message }) => message)).toEqual(Array(4).fill("no connection"));
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    await worker.stop();
  });

  it("is not disturbed by listeners that throw", async () => {
    const scene = makeScene();
    await scene.add("page", prose(90));
    const worker = scene.worker();
    worker.events.on("batchSubmitted", () => {
      throw new Error("listener");
    });
    await scene.runToEnd(worker);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });
});

describe("a worker that is stopped", () => {
  it("gives back what it has in hands, and others go on where it was", async () => {
    const scene = makeScene();
    for (let page = 0; page < 300; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    const { pages } = scene.store;
    let reads = 0;
    const store = {
      ...scene.store,
      pages: {
        ...pages,
        read: async (id: string) => {
          reads += 1;
          if (reads === 60) void worker.stop();
          return pages.read(id);
        },
      },
    };
    const worker: BatchWorker = scene.worker({ store });
    worker.start();
    await scene.advance(0);
    await worker.stop();
    expect(reads).toBeLessThan(120);
    expect(scene.provider.submissions).toEqual([]);
    const { ready, claimed, waiting } = await scene.store.queue.stats();
    expect({ ready, claimed, waiting }).toEqual({ ready: 300, claimed: 0, waiting: 0 });
    expect(scene.clock.now()).toBe(Date.UTC(2026, 0, 1));
    await scene.runToEnd(scene.worker());
    expect(await scene.deaths()).toEqual({});
  });

  it("leaves its batches out, and the next one collects them", async () => {
    const scene = makeScene();
    await scene.add("page", prose(90));
    const worker = scene.worker();
    worker.start();
    await scene.advance(0);
    await worker.stop();
    await scene.runToEnd(scene.worker());
    expect(scene.provider.submissions).toEqual([1]);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });

  it("stops in the middle of results, and the next one reads them again", async () => {
    const scene = makeScene();
    for (let page = 0; page < 20; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    let worker = scene.worker();
    await worker.tick();
    await scene.advance(MINUTE);
    const { memo } = scene.store;
    let sets = 0;
    const set = async (...given: Parameters<typeof memo.set>) => {
      sets += 1;
      if (sets === 5) void worker.stop();
      await memo.set(...given);
    };
    worker = scene.worker({ store: { ...scene.store, memo: { ...memo, set } } });
    await worker.tick();
    expect(sets).toBeLessThan(20);
    await scene.runToEnd(scene.worker());
    expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
  });

  it("by the caller's signal, or at the end of its scope, is stopped all the same", async () => {
    const scene = makeScene();
    const controller = new AbortController();
    const worker = scene.worker({ signal: controller.signal });
    worker.start();
    controller.abort();
    await worker.stop();
    await expect(worker.tick()).rejects.toThrow("stopped");
    const other = scene.worker();
    await other[Symbol.asyncDispose]();
    await expect(other.tick()).rejects.toThrow("stopped");
    const late = scene.worker({ signal: AbortSignal.abort() });
    late.start();
    await expect(late.tick()).rejects.toThrow("stopped");
  });

  it("leaves no timer behind", async () => {
    const clock = virtualClock();
    const scene = makeScene({}, { clock });
    await scene.add("page", prose(90));
    const worker = scene.worker();
    worker.start();
    await clock.advance(0);
    await worker.stop();
    expect(clock.sleeping).toBe(0);
  });
});

describe("draining", () => {
  it("ticks until nothing is queued and no batch is out, without waiting longer than needed", async () => {
    const clock = virtualClock({ jumps: true });
    const scene = makeScene({}, { clock });
    await scene.add("one", prose(90, 1));
    await scene.add("two", prose(900, 2));
    await scene.add("gone", "");
    const startedAt = clock.now();
    const report = await scene.worker({ pollIntervalMs: 60 * MINUTE, batchPollIntervalMs: 10_000 }).drain();
    expect(report).toMatchObject({ isDrained: true, summarized: 2, deadLettered: 1, dead: 1, errors: 0 });
    expect(await scene.store.ledger.openBatches()).toEqual([]);
    expect(clock.now() - startedAt).toBeLessThan(4 * MINUTE);
  });

  it("waits for what a worker had in hands that died", async () => {
    const clock = virtualClock({ jumps: true });
    const scene = makeScene({}, { clock });
    await scene.add("page", prose(90));
    await scene.store.queue.claim({ limit: 1, leaseMs: MINUTE });
    const report = await scene.worker().drain();
    expect(report).toMatchObject({ isDrained: true, summarized: 1 });
  });

  it("ends when the worker is stopped, and says that something is left", async () => {
    const scene = makeScene({ endsAfterMs: 1e10 });
    await scene.add("page", prose(90));
    const worker = scene.worker();
    const draining = worker.drain();
    await scene.advance(5 * MINUTE);
    await worker.stop();
    expect(await draining).toMatchObject({ isDrained: false, summarized: 0 });
  });

  it("rejects when the store goes on failing", async () => {
    const clock = virtualClock({ jumps: true });
    const scene = makeScene({}, { clock });
    const queue = { ...scene.store.queue, claim: () => Promise.reject(new Error("the disk is gone")) };
    await expect(scene.worker({ store: { ...scene.store, queue } }).drain()).rejects.toThrow(
      "the disk is gone",
    );
  });
});

describe("leases", () => {
  it("of everything in hands are prolonged for as long as the work takes", async () => {
    const scene = makeScene();
    await scene.add("page", prose(90));
    const { provider } = scene;
    const slow = {
      ...provider,
      submit: async (submission: Parameters<typeof provider.submit>[0]) => {
        await scene.clock.sleep(20 * MINUTE);
        return provider.submit(submission);
      },
    };
    const worker = scene.worker({ provider: slow, leaseMs: MINUTE });
    const ticking = worker.tick();
    const other = scene.worker({ leaseMs: MINUTE });
    for (let minutes = 0; minutes < 20; minutes += 1) {
      await scene.advance(MINUTE);
      if (minutes < 19) expect(await other.tick()).toMatchObject({ claimed: 0, batchesSubmitted: 0 });
    }
    await ticking;
    expect(provider.submissions).toEqual([1]);
    expect(provider.doubled).toEqual([]);
  });
});
