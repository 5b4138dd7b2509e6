import { describe, it } from "vitest";
import { expectNothingAskedTwiceByWrongClocks } from "./support/wrong-clocks.js";

describe("workers whose clocks are wrong by up to two hours, restarted and killed at any moment, at length", () => {
  it("finish every page, and never ask a key twice", async () => {
    await expectNothingAskedTwiceByWrongClocks(4_000);
  });
});
