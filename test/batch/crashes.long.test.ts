import { describe, it } from "vitest";
import { expectCrashesCostNothing, expectEveryMomentSafe } from "./support/crash-histories.js";

describe("workers that die at any moment, at length", () => {
  it.each([
    ["a provider that carries our names", true],
    ["a provider that lists by time and size alone", false],
  ])("lose nothing and pay for nothing twice, with %s", async (_name, carriesRefs) => {
    await expectCrashesCostNothing(carriesRefs, 300);
  });

  it("do so at every single moment of a run", async () => {
    await expectEveryMomentSafe(1);
  });
});
