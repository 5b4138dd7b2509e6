import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";
import { failureError, type Arrival, type ScriptedBatchesOptions } from "./support/scripted-batches.js";

const GRACE = 2 * MINUTE;

async function sceneWith(script: Omit<ScriptedBatchesOptions, "clock">) {
  const scene = makeScene(script);
  await scene.add("page", prose(90));
  return scene;
}

const once = (arrival: Arrival) => (_submission: unknown, number: number) =>
  number === 1 ? arrival : undefined;

describe("a submission that got no answer", () => {
  it("is found and adopted when the batch exists, and nothing is sent again", async () => {
    for (const carriesRefs of [true, false]) {
      const scene = await sceneWith({ carriesRefs, arrival: once("answer-lost") });
      const worker = scene.worker({ orphanGraceMs: GRACE });
      const events = listenTo(worker);
      await scene.runToEnd(worker);
      expect(events.batchSubmissionUnknown).toHaveLength(1);
      expect(events.batchAdopted).toMatchObject([{ batchId: "batch-1", isCertain: carriesRefs }]);
      expect(scene.provider.submissions).toHaveLength(1);
      expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    }
  });

  it("is sent again only when it was looked for in vain for the whole grace time", async () => {
    const scene = await sceneWith({ arrival: once("request-lost") });
    const worker = scene.worker({ orphanGraceMs: GRACE });
    const events = listenTo(worker);
    await worker.tick();
    for (let waited = 0; waited < GRACE; waited += 15_000) {
      expect(scene.provider.submissions).toHaveLength(1);
      await scene.advance(15_000);
      await worker.tick();
    }
    expect(scene.provider.submissions).toHaveLength(2);
    expect(events.batchClosed).toMatchObject([{ reason: "not_created" }]);
  });

  it("is not sent again as long as no look-up was answered", async () => {
    let isDown = true;
    const scene = await sceneWith({
      arrival: once("request-lost"),
      lookUp: () => (isDown ? failureError("server_error") : undefined),
    });
    const worker = scene.worker({ orphanGraceMs: GRACE });
    const events = listenTo(worker);
    for (let ticks = 0; ticks < 20; ticks += 1) {
      await worker.tick();
      await scene.advance(MINUTE);
    }
    expect(scene.provider.submissions).toHaveLength(1);
    expect(events.error.length).toBeGreaterThan(5);
    isDown = false;
    await scene.runToEnd(worker);
    expect(scene.provider.submissions).toHaveLength(2);
  });

  it("is found although the provider lists it late", async () => {
    const scene = await sceneWith({ arrival: once("answer-lost"), foundAfterMs: GRACE - 20_000 });
    await scene.runToEnd(scene.worker({ orphanGraceMs: GRACE }));
    expect(scene.provider.submissions).toHaveLength(1);
    expect(scene.provider.doubled).toEqual([]);
  });

  it("of a worker that threw in the provider's code, is looked for like any other", async () => {
    const scene = await sceneWith({});
    const { provider } = scene;
    let calls = 0;
    const throwing = {
      ...provider,
      submit: async (submission: Parameters<typeof provider.submit>[0]) => {
        const outcome = await provider.submit(submission);
        calls += 1;
        if (calls === 1) throw new Error("lost in the SDK");
        return outcome;
      },
    };
    await scene.runToEnd(scene.worker({ provider: throwing, orphanGraceMs: GRACE }));
    expect(calls).toBe(1);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });
});

describe("a batch that may be ours", () => {
  it("holds our requests back until its results show that it is another's", async () => {
    const scene = await sceneWith({ carriesRefs: false, arrival: once("request-lost") });
    const worker = scene.worker({ orphanGraceMs: GRACE });
    const events = listenTo(worker);
    await worker.tick();
    await scene.advance(1_000);
    const foreign = scene.provider.addForeign(1, 30 * MINUTE);
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await scene.advance(MINUTE);
      await worker.tick();
      expect(scene.provider.submissions.length).toBeLessThanOrEqual(minutes < 29 ? 1 : 2);
    }
    await scene.runToEnd(worker);
    expect(events.batchRuledOut).toMatchObject([{ batchId: foreign }]);
    expect(scene.provider.submissions).toHaveLength(2);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });

  it("is told from several that look alike", async () => {
    const scene = await sceneWith({ carriesRefs: false, arrival: once("answer-lost") });
    const worker = scene.worker({ orphanGraceMs: GRACE });
    const events = listenTo(worker);
    await worker.tick();
    scene.provider.addForeign(1, MINUTE);
    scene.provider.addForeign(1, MINUTE);
    await scene.runToEnd(worker);
    expect(events.batchRuledOut).toHaveLength(2);
    expect(scene.provider.submissions).toHaveLength(1);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });

  it("is not taken for ours when it is another of ours that we know", async () => {
    const scene = makeScene({
      carriesRefs: false,
      arrival: (_submission, number) => (number === 1 ? "request-lost" : undefined),
    });
    await scene.add("one", prose(90, 1));
    const worker = scene.worker({ orphanGraceMs: GRACE });
    const events = listenTo(worker);
    await worker.tick();
    await scene.add("two", prose(90, 2));
    await worker.tick();
    await scene.runToEnd(worker);
    expect(events.batchAdopted).toEqual([]);
    expect(scene.provider.submissions).toEqual([1, 1, 1]);
    expect(await scene.deaths()).toEqual({});
  });

  it("is not taken for ours when it is an earlier one with the same requests, all of which failed", async () => {
    let batches = 0;
    const scene = await sceneWith({
      carriesRefs: false,
      skewMs: 10 * MINUTE,
      endsAfterMs: ({ batchId }) => (batchId === "batch-2" ? 10 * MINUTE : MINUTE),
      foundAfterMs: 4 * MINUTE,
      arrival: (_submission, number) => (number === 2 ? "answer-lost" : undefined),
      outcome: ({ key: _key }, { batchId }) => {
        batches += 1;
        return batchId === "batch-1" ? { fails: "overloaded" } : undefined;
      },
    });
    await scene.worker().tick();
    for (let ticks = 0; ticks < 3; ticks += 1) {
      await scene.advance(MINUTE);
      await scene.worker({ orphanGraceMs: 8 * MINUTE }).tick();
    }
    expect(scene.provider.submissions).toHaveLength(2);
    // Workers who have seen nothing of what was before.
    for (let ticks = 0; ticks < 30; ticks += 1) {
      await scene.advance(MINUTE);
      await scene.worker({ orphanGraceMs: 8 * MINUTE }).tick();
    }
    expect(batches).toBe(2);
    expect(scene.provider.submissions).toHaveLength(2);
    expect(scene.provider.doubled).toEqual([]);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });

  it("is ruled out when it vanishes", async () => {
    let isGone = false;
    const scene = await sceneWith({
      carriesRefs: false,
      arrival: once("request-lost"),
      isGone: ({ ref }) => isGone && ref === "somebody else's",
    });
    const worker = scene.worker({ orphanGraceMs: GRACE });
    const events = listenTo(worker);
    await worker.tick();
    scene.provider.addForeign(1, 1e12);
    await scene.advance(MINUTE);
    await worker.tick();
    isGone = true;
    await scene.runToEnd(worker);
    expect(events.batchRuledOut).toHaveLength(1);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });
});

describe("an intent that was created more than once", () => {
  it("is adopted once, and the rest is canceled", async () => {
    const scene = await sceneWith({ arrival: once("answer-lost") });
    const { provider } = scene;
    const worker = scene.worker();
    await worker.tick();
    const [batch] = provider.batches;
    // As an SDK does that sends again by itself.
    await provider.submit({
      ref: batch?.ref ?? "",
      requests: batch?.requests ?? [],
      remember: async () => undefined,
    });
    await scene.runToEnd(worker);
    expect(provider.canceled).toHaveLength(1);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
  });
});

describe("keys that another worker has answered between plan and reservation", () => {
  it("are not sent again", async () => {
    const scene = await sceneWith({});
    const other = scene.worker();
    await other.tick();
    await scene.add("copy", prose(90));
    await scene.advance(MINUTE);
    const { ledger } = scene.store;
    let calls = 0;
    const store = {
      ...scene.store,
      ledger: {
        ...ledger,
        async claim(...given: Parameters<typeof ledger.claim>) {
          // The batch is the other one's to tend.
          return calls === 0 ? [] : ledger.claim(...given);
        },
        async holders(keys: readonly string[]) {
          calls += 1;
          if (calls === 1) await other.tick();
          return ledger.holders(keys);
        },
      },
    };
    const worker = scene.worker({ store });
    const events = listenTo(worker);
    await worker.tick();
    expect(events.batchClosed).toMatchObject([{ reason: "not_needed" }]);
    expect(scene.provider.submissions).toHaveLength(1);
    expect((await scene.page("copy"))?.summary).toBeTypeOf("string");
  });
});
