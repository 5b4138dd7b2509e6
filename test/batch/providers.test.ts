import { describe, expect, it } from "vitest";
import { onCalls } from "../emulators/index.js";
import { CREATE, drainThrough, expectAllDone, PROVIDERS } from "./support/emulated.js";

describe.each(PROVIDERS)("pages through the batches of %s", (_name, start) => {
  it("get the summaries of live calls and are paid for once, although every answer to a creation is lost", async () => {
    const lost = onCalls("POST", CREATE, { kind: "lost-after-effect", how: "cut" });
    const result = await drainThrough(start, lost, {});
    await expectAllDone(result);
    expect(result.events.batchAdopted.length).toBeGreaterThan(1);
  });
});
