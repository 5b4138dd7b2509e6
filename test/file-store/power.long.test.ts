import { beforeAll, describe, test } from "vitest";
import { PowerChecks } from "./support/power-checks.js";

let checks: PowerChecks;

beforeAll(async () => {
  checks = await PowerChecks.prepare();
});

describe("whichever operation it happens in", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "when the power fails, nothing acknowledged is lost (chance %i)",
    async (chance) => {
      for (let at = 0; at < checks.operations; at += 1) await checks.powerFails(at, chance * 1_000_003 + at);
    },
  );

  test.each([1, 2, 3])("nor when it fails once more after the start (chance %i)", async (chance) => {
    for (let at = 0; at < checks.operations; at += 1) {
      await checks.powerFails(at, chance * 1_000_033 + at, (at * 7 + chance) % 30);
    }
  });

  test.each(["ENOSPC", "EIO"] as const)("nor after %s", async (kind) => {
    for (let at = 0; at < checks.operations; at += 1) await checks.operationFails(at, kind);
  });
});
