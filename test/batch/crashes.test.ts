import { describe, expect, it } from "vitest";
import { CRASH_POINTS } from "@gro/batch";
import { prose } from "../support/prose.js";
import {
  expectAllPaidOnce,
  expectAllSummarized,
  expectCrashesCostNothing,
  expectEveryMomentSafe,
  fill,
} from "./support/crash-histories.js";
import { handClock } from "./support/hand-clock.js";
import { makeScene, MINUTE } from "./support/scene.js";

describe("workers that die at any moment", () => {
  it.each([
    ["a provider that carries our names", true],
    ["a provider that lists by time and size alone", false],
  ])("lose nothing and pay for nothing twice, with %s", async (_name, carriesRefs) => {
    await expectCrashesCostNothing(carriesRefs, 12);
  });

  it("do so at moments all over a run", async () => {
    await expectEveryMomentSafe(15);
  });

  it("do so when the answer of every creation is lost", async () => {
    const scene = makeScene({ arrival: () => "answer-lost" }, { clock: handClock() });
    await fill(scene);
    await scene.runToEnd(scene.worker(), 100);
    await expectAllSummarized(scene);
    await expectAllPaidOnce(scene);
  });
});

describe("the named crash points", () => {
  it("are all passed by workers that have every trouble once", async () => {
    const seen = new Set<string>();
    for (const carriesRefs of [true, false]) {
      const scene = makeScene({
        carriesRefs,
        arrival: (_submission, number) => (number < 3 ? "answer-lost" : "created"),
        outcome: ({ request }) =>
          request.prompt.includes("refuse this") ? { answers: "refusing" } : undefined,
        stream: (results, _batch, reading) => (reading === 1 ? results.slice(1) : undefined),
      });
      await scene.add("refused", `${prose(120)}\n\nrefuse this`);
      await scene.add("other", prose(900, 9));
      const worker = scene.worker({ onPoint: (point) => void seen.add(point) });
      await worker.tick();
      scene.provider.addForeign(scene.provider.batches.at(-1)?.requests.length ?? 0, MINUTE);
      await scene.runToEnd(worker, 100);
    }
    expect(CRASH_POINTS.filter((point) => !seen.has(point))).toEqual([]);
  });
});
