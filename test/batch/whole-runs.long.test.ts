import { describe, it } from "vitest";
import { expectFewRounds } from "./support/few-rounds.js";
import { expectSameSummaries } from "./support/same-summaries.js";

describe("the batch executor, at length", () => {
  it("comes to the summaries of the live executor, whatever fails on the way", async () => {
    await expectSameSummaries(150);
  });

  it("asks the steps of 200 documents of 20 to 60 chunks in about as many rounds as their trees are deep", async () => {
    await expectFewRounds(200);
  });
});
