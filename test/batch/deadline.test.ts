import { describe, expect, it } from "vitest";
import { localBatch } from "@gro/batch";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE, tokenizer } from "./support/scene.js";

const HOUR = 60 * MINUTE;

function sceneWith(endsAfterMs: number) {
  const clock = virtualClock();
  const scene = makeScene({ endsAfterMs }, { clock });
  const model = scriptedModel({ id: "scripted:batch", tokenizer });
  const batchDeadline = { afterMs: 2 * HOUR, provider: localBatch(model, { clock }) };
  return { scene, model, clock, batchDeadline };
}

describe("a batch that is not done by the deadline", () => {
  it("is canceled once, and what is left of it runs live", async () => {
    const { scene, model, clock, batchDeadline } = sceneWith(1e12);
    await scene.add("page", prose(700));
    const worker = scene.worker({ leaseMs: HOUR, batchDeadline, batchPollIntervalMs: 10 * MINUTE });
    const events = listenTo(worker);
    worker.start();
    await clock.advance(2 * HOUR - MINUTE);
    expect(scene.provider.canceled).toEqual([]);
    await clock.advance(MINUTE + 20 * MINUTE);
    expect(scene.provider.canceled).toEqual(["batch-1"]);
    expect(events.batchCanceled).toMatchObject([{ reason: "deadline" }]);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    expect(model.requests.length).toBeGreaterThan(1);
    await worker.stop();
  });

  it("keeps what it has brought: only the rest is asked live", async () => {
    const { scene, model, clock, batchDeadline } = sceneWith(90 * MINUTE);
    await scene.add("page", prose(700));
    const worker = scene.worker({ leaseMs: HOUR, batchDeadline });
    worker.start();
    // The chunks are done in time, the merge is not.
    await clock.advance(3 * HOUR);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    expect(scene.provider.submissions[0]).toBeGreaterThan(2);
    expect(model.requests).toHaveLength(1);
    for (const key of scene.provider.billed.keys()) expect(await scene.store.memo.get(key)).toBeDefined();
    await worker.stop();
  });

  it("is left alone by workers that have nobody to take over", async () => {
    const { scene, clock, batchDeadline } = sceneWith(1e12);
    await scene.add("page", prose(90));
    await scene.worker({ leaseMs: HOUR, batchDeadline }).tick();
    const worker = scene.worker({
      leaseMs: HOUR,
      pollIntervalMs: 10 * MINUTE,
      batchPollIntervalMs: 10 * MINUTE,
    });
    worker.start();
    await clock.advance(5 * HOUR);
    expect(scene.provider.canceled).toEqual([]);
    await worker.stop();
  });

  it("takes nothing from items that are younger", async () => {
    const { scene, model, clock, batchDeadline } = sceneWith(1e12);
    await scene.add("old", prose(90, 1));
    const worker = scene.worker({ leaseMs: HOUR, batchDeadline });
    worker.start();
    await clock.advance(HOUR);
    await scene.add("young", prose(90, 2));
    await clock.advance(HOUR + 5 * MINUTE);
    expect((await scene.page("old"))?.summary).toBeTypeOf("string");
    expect((await scene.page("young"))?.summary).toBeUndefined();
    expect(model.requests).toHaveLength(1);
    await worker.stop();
  });

  it("runs live at once when the provider refuses to take it", async () => {
    const clock = virtualClock();
    const scene = makeScene({ arrival: () => ({ refused: "out_of_credit" }) }, { clock });
    const provider = localBatch(scriptedModel({ id: "scripted:batch", tokenizer }), { clock });
    await scene.add("page", prose(90));
    const worker = scene.worker({ leaseMs: HOUR, batchDeadline: { afterMs: 10 * MINUTE, provider } });
    worker.start();
    await clock.advance(11 * MINUTE);
    expect((await scene.page("page"))?.summary).toBeTypeOf("string");
    await worker.stop();
  });
});
