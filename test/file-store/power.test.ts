import { beforeAll, describe, expect, test } from "vitest";
import { PowerChecks, wholeHistory } from "./support/power-checks.js";

let checks: PowerChecks;

beforeAll(async () => {
  checks = await PowerChecks.prepare();
});

test("the history ends and compacts many segments", async () => {
  const { log, openFiles } = await wholeHistory();
  const snapshots = log.filter((entry) => entry.startsWith("rename /data/store/snapshot"));
  expect(snapshots.length).toBeGreaterThan(2);
  expect(openFiles).toBe(0);
});

describe("whichever operation it happens in", () => {
  test("when the power fails, what was acknowledged is there and nothing half done", async () => {
    for (let at = 0; at < checks.operations; at += 1) await checks.powerFails(at, at);
  });

  test("when the disk is full or breaks, the store says so, reads on and writes no more", async () => {
    for (let at = 0; at < checks.operations; at += 1) {
      await checks.operationFails(at, at % 2 === 0 ? "ENOSPC" : "EIO");
    }
  });
});
