import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { expectFewRounds } from "./support/few-rounds.js";
import { expectSameSummaries } from "./support/same-summaries.js";
import { makeScene, MINUTE } from "./support/scene.js";

const MODEL = "scripted:batch";

describe("the batch executor", () => {
  it("comes to the summaries of the live executor, whatever fails on the way", async () => {
    await expectSameSummaries(15);
  });

  it("asks the steps of many documents in about as many rounds as their trees are deep", async () => {
    await expectFewRounds(40);
  });

  it("asks what several documents have in common once", async () => {
    const scene = makeScene();
    const content = prose(900);
    await scene.add("one", content);
    await scene.add("two", content);
    await scene.runToEnd(scene.worker());
    const alone = makeScene();
    await alone.add("one", content);
    await alone.runToEnd(alone.worker());
    expect((await scene.page("one"))?.summary).toBe((await scene.page("two"))?.summary);
    expect(scene.provider.submissions).toEqual(alone.provider.submissions);
  });

  it("lets a document go on as soon as its own answers are there", async () => {
    const scene = makeScene({
      endsAfterMs: ({ batchId }) => (batchId === "batch-1" ? MINUTE : 100 * MINUTE),
    });
    await scene.add("quick", prose(120));
    const worker = scene.worker();
    await worker.tick();
    await scene.add("slow", prose(900, 2));
    await scene.advance(MINUTE);
    await worker.tick();
    expect((await scene.page("quick"))?.summary).toBeTypeOf("string");
    expect((await scene.page("slow"))?.summary).toBeUndefined();
  });

  it("takes a content that fits its target for its own summary, without a call", async () => {
    const scene = makeScene();
    await scene.add("short", "The ferry is late.");
    await scene.runToEnd(scene.worker());
    expect(await scene.page("short")).toMatchObject({
      summary: "The ferry is late.",
      summaryMeta: { fit: "as-is" },
    });
    expect(scene.provider.submissions).toEqual([]);
  });

  it("asks the models that items name, each in batches of its own", async () => {
    const scene = makeScene({ models: ["large"] });
    await scene.add("usual", prose(120, 1));
    await scene.add("special", prose(120, 2), { model: "large" });
    await scene.runToEnd(scene.worker());
    expect(scene.provider.batches.map(({ modelId }) => modelId).sort()).toEqual([MODEL, "scripted:large"]);
    expect((await scene.page("special"))?.summaryMeta?.modelId).toBe("scripted:large");
  });
});
