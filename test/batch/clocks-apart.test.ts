import { describe, expect, it } from "vitest";
import type { BatchWorkerOptions, CrashPoint } from "@gro/batch";
import { prose } from "../support/prose.js";
import { clockOff } from "./support/clock-off.js";
import { expectNothingAskedTwiceByWrongClocks } from "./support/wrong-clocks.js";
import { handClock } from "./support/hand-clock.js";
import { Life, mortalParts } from "./support/mortal.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";
import { type Arrival, type ScriptedBatchesOptions } from "./support/scripted-batches.js";

const GRACE = 2 * MINUTE;
const HOUR = 60 * MINUTE;

/** A store that goes by a clock that is right, as a database does, and workers whose clocks are their own. */
async function sceneWith(script: Omit<ScriptedBatchesOptions, "clock">) {
  const scene = makeScene(script, { clock: handClock() });
  await scene.add("page", prose(90));
  const workerAt = (aheadMs: number, options: Partial<BatchWorkerOptions> = {}) => {
    const clock = clockOff(scene.clock, aheadMs);
    return Object.assign(scene.worker({ orphanGraceMs: GRACE, clock, ...options }), { clock });
  };
  return { ...scene, workerAt };
}

const once = (arrival: Arrival) => (_submission: unknown, number: number) =>
  number === 1 ? arrival : undefined;

/** By how much the clock of who sends is ahead, and those of who looks then. */
const CLOCKS: readonly (readonly [string, number, readonly number[]])[] = [
  ["sent by a right clock, looked for by one ahead", 0, [HOUR]],
  ["sent by a right clock, looked for by one behind", 0, [-HOUR]],
  ["sent by a clock ahead, looked for by a right one", HOUR, [0]],
  ["sent by a clock behind, looked for by a right one", -HOUR, [0]],
  ["looked for by all in turn", 0, [HOUR, 0, -HOUR]],
  ["sent and looked for by a clock ahead", HOUR, [HOUR]],
  ["sent and looked for by a clock behind", -HOUR, [-HOUR]],
];

describe.each(CLOCKS)("a submission that got no answer, %s", (_name, sender, lookers) => {
  it.each(["at once", "only when it has died"])(
    "is adopted when it is listed late, known as lost %s",
    async (when) => {
      const scene = await sceneWith({
        ...{ arrival: once("answer-lost"), foundAfterMs: GRACE - 20_000, endsAfterMs: 10 * MINUTE },
      });
      if (when === "at once") await scene.workerAt(sender).tick();
      else {
        const life = new Life(Number.POSITIVE_INFINITY);
        const { clock, ...mortal } = mortalParts(scene.store, scene.provider, scene.clock, life);
        const onPoint = (point: CrashPoint) => {
          if (point === "after-submit") life.kill();
          return life.moment();
        };
        const dying = scene.workerAt(sender, {
          ...mortal,
          onPoint,
          clock: clockOff(clock ?? scene.clock, sender),
        });
        await Promise.race([dying.tick(), life.death]);
      }
      expect(scene.provider.submissions).toHaveLength(1);
      // A worker that lives for one look, as that of a cron job does.
      for (let looks = 0; looks < 40; looks += 1) {
        await scene.advance(15_000);
        await scene.workerAt(lookers[looks % lookers.length] ?? 0).tick();
      }
      expect(scene.provider.submissions).toHaveLength(1);
      await scene.runToEnd(scene.worker());
      expect(scene.provider.doubled).toEqual([]);
      expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    },
  );

  it("is sent again when the grace is over, and not an hour later", async () => {
    const scene = await sceneWith({ arrival: once("request-lost") });
    await scene.workerAt(sender).tick();
    for (let waited = 0; waited < GRACE; waited += 15_000) {
      expect(scene.provider.submissions).toHaveLength(1);
      await scene.advance(15_000);
      await scene.workerAt(lookers[(waited / 15_000) % lookers.length] ?? 0).tick();
    }
    expect(scene.provider.submissions).toHaveLength(2);
  });
});

describe("a worker whose clock is set while it is at work", () => {
  it("ends no grace by an hour that passes during a look-up", async () => {
    const scene = await sceneWith({ arrival: once("answer-lost"), foundAfterMs: GRACE - 20_000 });
    const { provider } = scene;
    const leaping = {
      ...provider,
      find: (...given: Parameters<typeof provider.find>) => {
        worker.clock.aheadMs += HOUR;
        return provider.find(...given);
      },
    };
    const worker = scene.workerAt(0, { provider: leaping });
    await scene.runToEnd(worker);
    expect(provider.submissions).toHaveLength(1);
  });

  it.each([
    ["back", -HOUR],
    ["on", HOUR],
  ])("looks for as long as ever when it is set %s while a batch is being sent", async (_name, leapMs) => {
    const sceneOf = async (arrival: Arrival) => {
      const scene = await sceneWith({ arrival: once(arrival), foundAfterMs: GRACE - 20_000 });
      const { provider } = scene;
      let leaps = 0;
      const leaping = {
        ...provider,
        submit: async (...given: Parameters<typeof provider.submit>) => {
          leaps += 1;
          if (leaps === 1) worker.clock.aheadMs += leapMs;
          return provider.submit(...given);
        },
      };
      const worker = scene.workerAt(0, { provider: leaping });
      return { scene, worker };
    };
    const { scene, worker } = await sceneOf("answer-lost");
    await scene.runToEnd(worker);
    expect(scene.provider.submissions).toHaveLength(1);
    const lost = await sceneOf("request-lost");
    for (let waited = 0; waited <= GRACE + 30_000; waited += 15_000) {
      await lost.worker.tick();
      await lost.scene.advance(15_000);
    }
    expect(lost.scene.provider.submissions).toHaveLength(2);
  });
});

describe("a time that was noted by another clock than the ledger's", () => {
  it.each([
    ["ahead", HOUR],
    ["behind", -HOUR],
  ])("%s counts anew", async (_name, aheadMs) => {
    const scene = await sceneWith({ arrival: once("answer-lost"), foundAfterMs: GRACE - 20_000 });
    const { ledger } = scene.store;
    // As an earlier version of this package wrote it.
    const record: typeof ledger.record = (claim, { submission, ...change }) => {
      const since = scene.clock.now() + aheadMs;
      return ledger.record(claim, { ...change, ...(submission && { submission: { ...submission, since } }) });
    };
    await scene
      .worker({ store: { ...scene.store, ledger: { ...ledger, record } }, orphanGraceMs: GRACE })
      .tick();
    await scene.runToEnd(scene.workerAt(0));
    expect(scene.provider.submissions).toHaveLength(1);
  });
});

describe("a store's own clock that is set back", () => {
  it.each(["while the batch is being sent", "when it is known that no answer came"])(
    "%s keeps no look-up going for longer than a grace",
    async (when) => {
      const scene = await sceneWith({ arrival: once("request-lost") });
      const { provider } = scene;
      const leaping = {
        ...provider,
        submit: async (...given: Parameters<typeof provider.submit>) => {
          if (when.startsWith("while") && provider.submissions.length === 0) await scene.advance(-3 * HOUR);
          return provider.submit(...given);
        },
      };
      // As on one machine: the worker's clock is the store's.
      const worker = scene.workerAt(0, { provider: leaping });
      await worker.tick();
      if (when.startsWith("when")) await scene.advance(-3 * HOUR);
      for (let waited = 0; waited <= GRACE + 30_000; waited += 15_000) {
        await scene.advance(15_000);
        await worker.tick();
        if (waited < GRACE - 30_000) expect(provider.submissions).toHaveLength(1);
      }
      expect(provider.submissions).toHaveLength(2);
    },
  );
});

describe("workers whose clocks are an hour apart", () => {
  it.each([HOUR, -HOUR])(
    "do not give up a batch that is not known for a minute, the other one %i ms ahead",
    async (aheadMs) => {
      let isGone = false;
      const scene = await sceneWith({ isGone: () => isGone, endsAfterMs: 3 * HOUR });
      const [right, wrong] = [scene.workerAt(0), scene.workerAt(aheadMs)];
      await right.tick();
      // Older than an hour, so that a time an hour ago may be right.
      await scene.advance(2 * HOUR);
      isGone = true;
      for (const worker of [wrong, right, wrong, right, wrong, right]) {
        await worker.tick();
        await scene.advance(15_000);
      }
      isGone = false;
      await scene.runToEnd(right, 200);
      expect(scene.provider.submissions).toHaveLength(1);
    },
  );

  it("ask the keys of a batch that is gone again after the grace, whatever they say", async () => {
    const scene = await sceneWith({ isGone: ({ batchId }) => batchId === "batch-1", endsAfterMs: 3 * HOUR });
    const workers = [HOUR, -HOUR].map((aheadMs) => scene.workerAt(aheadMs));
    for (let waited = 0; waited <= GRACE + 2 * MINUTE; waited += 15_000) {
      for (const worker of workers) await worker.tick();
      if (waited < GRACE) expect(scene.provider.submissions).toHaveLength(1);
      await scene.advance(15_000);
    }
    expect(scene.provider.submissions).toHaveLength(2);
  });

  it.each([HOUR, -HOUR])(
    "read results again for as long as they are to, the other one %i ms ahead",
    async (aheadMs) => {
      let isShort = true;
      const scene = await sceneWith({ stream: () => (isShort ? [] : undefined) });
      const patience = { resultsPatienceMs: 30 * MINUTE };
      const [right, wrong] = [scene.workerAt(0, patience), scene.workerAt(aheadMs, patience)];
      await right.tick();
      await scene.advance(2 * HOUR);
      for (const worker of [wrong, right, wrong, right]) {
        await worker.tick();
        await scene.advance(5 * MINUTE);
      }
      expect(await scene.deaths()).toEqual({});
      isShort = false;
      await scene.advance(HOUR);
      await scene.runToEnd(wrong);
      expect(scene.provider.submissions).toHaveLength(1);
      expect(await scene.deaths()).toEqual({});
    },
  );

  it.each([HOUR, -HOUR])("keep to a deadline, the worker %i ms ahead", async (aheadMs) => {
    const afterMs = 20 * MINUTE;
    const scene = await sceneWith({ endsAfterMs: 24 * HOUR });
    const other = makeScene({ id: "other" }, { clock: scene.clock as ReturnType<typeof handClock> });
    const { queue } = scene.store;
    const waits: number[] = [];
    const release: typeof queue.release = (claims, wait) => {
      waits.push(wait?.delayMs ?? 0);
      return queue.release(claims, wait);
    };
    const worker = scene.workerAt(aheadMs, {
      batchDeadline: { afterMs, provider: other.provider },
      store: { ...scene.store, queue: { ...queue, release } },
    });
    const events = listenTo(worker);
    for (let waited = 0; waited < afterMs; waited += 5 * MINUTE) {
      await worker.tick();
      expect(events.batchCanceled).toEqual([]);
      await scene.advance(5 * MINUTE);
    }
    expect(waits[0]).toBe(afterMs);
    await worker.tick();
    expect(events.batchCanceled).toMatchObject([{ reason: "deadline" }]);
    expect(scene.provider.submissions).toHaveLength(1);
    await scene.runToEnd(worker);
    expect(other.provider.submissions.length).toBeGreaterThan(0);
  });

  it("take a retry for one, although the page failed long before and the clock is behind", async () => {
    let fails = true;
    const scene = await sceneWith({ outcome: () => (fails ? { fails: "invalid_request" } : undefined) });
    await scene.runToEnd(scene.worker());
    expect(await scene.deaths()).toEqual({ page: "invalid_request" });
    fails = false;
    await scene.advance(2 * HOUR);
    await scene.store.queue.retry();
    await scene.runToEnd(scene.workerAt(-HOUR));
    expect(await scene.deaths()).toEqual({});
  });

  it.each([HOUR, -HOUR])(
    "tell how long things took by one clock, the worker %i ms ahead",
    async (aheadMs) => {
      const scene = await sceneWith({});
      const worker = scene.workerAt(aheadMs);
      const events = listenTo(worker);
      const ticks = await scene.runToEnd(worker);
      expect(events.batchCollected[0]?.tookMs).toBe(MINUTE);
      expect(events.itemSummarized[0]?.waitedMs).toBe((ticks - 1) * MINUTE);
    },
  );

  it("note the time by the ledger's clock, also one that was set before the keys were reserved", async () => {
    const scene = await sceneWith({ arrival: once("answer-lost") });
    const { ledger } = scene.store;
    const holders: typeof ledger.holders = (keys) => {
      worker.clock.aheadMs += HOUR;
      return ledger.holders(keys);
    };
    const worker = scene.workerAt(-3 * HOUR, { store: { ...scene.store, ledger: { ...ledger, holders } } });
    await worker.tick();
    const [batch] = await ledger.openBatches();
    expect(batch?.submission.since).toBe(scene.clock.now());
  });

  it("wait after a failure for as long as those whose clocks are right", async () => {
    const scene = await sceneWith({ outcome: () => ({ fails: "overloaded" }) });
    const worker = scene.workerAt(HOUR);
    await worker.tick();
    await scene.advance(MINUTE);
    await worker.tick();
    await worker.tick();
    expect(scene.provider.submissions).toHaveLength(1);
    await scene.advance(MINUTE);
    await worker.tick();
    expect(scene.provider.submissions).toHaveLength(2);
  });
});

describe("workers whose clocks are wrong by up to two hours, restarted and killed at any moment", () => {
  it("finish every page, and never ask a key twice", async () => {
    await expectNothingAskedTwiceByWrongClocks(150);
  });
});
