import fc from "fast-check";
import { test } from "vitest";
import { BusyInstances } from "./support/busy-instances.js";

test("three instances at work when the power fails, 1,000 times: what was answered holds", async () => {
  const property = fc.asyncProperty(fc.nat(), fc.integer({ min: 5, max: 500 }), async (seed, at) => {
    const instances = new BusyInstances(seed, { at, kind: "power" });
    await instances.work();
    await instances.examine();
  });
  await fc.assert(property, { numRuns: 1_000 });
});
