import fc from "fast-check";
import { describe, it } from "vitest";
import { anyChat, liveThrough } from "./support/any-chat.js";

describe("any chat", () => {
  it("stays within its budgets at every turn, loses nothing and keeps every promise about lines", async () => {
    await fc.assert(fc.asyncProperty(anyChat(160, [6, 40, 200, 900]), liveThrough), { numRuns: 100 });
  });
});
