import { describe, it } from "vitest";
import { expectNothingAskedTwice } from "./support/interleaved.js";

describe("two workers on one store, their steps in any order, at length", () => {
  it("finish every page, and never ask a key twice", async () => {
    await expectNothingAskedTwice(150);
  });
});
