import { describe, expect, it } from "vitest";
import { LARGE_TEXTS } from "../support/large-texts.js";
import { longestStretch, LONGEST_ALLOWED_MS } from "../support/longest-stretch.js";
import { prose } from "../support/prose.js";
import { makeScene } from "./support/scene.js";

describe("a worker keeps its leases", () => {
  it("while it plans and replays a page of megabytes", async () => {
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 3 && least > LONGEST_ALLOWED_MS; run += 1) {
      const scene = makeScene();
      await scene.add("large", LARGE_TEXTS["a minified script"](2_000_000));
      const worker = scene.worker();
      least = Math.min(least, await longestStretch(() => worker.tick()));
      expect(scene.provider.submissions).not.toHaveLength(0);
    }
    expect(least).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("while it takes in answers of a megabyte each", async () => {
    const text = LARGE_TEXTS.prose(1_000_000);
    const usage = { inputTokens: 1, outputTokens: 1 };
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 3 && least > LONGEST_ALLOWED_MS; run += 1) {
      const scene = makeScene({ outcome: () => ({ text, finishReason: "stop", usage }) });
      await scene.add("small", prose(1_000));
      const worker = scene.worker();
      least = await longestStretch(() => scene.runToEnd(worker)).then((stretch) => Math.min(least, stretch));
      expect(scene.provider.submissions).not.toHaveLength(0);
      expect(await scene.deaths()).toEqual({});
    }
    expect(least).toBeLessThan(LONGEST_ALLOWED_MS);
  });
});
