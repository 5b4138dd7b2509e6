import { describe, expect, it } from "vitest";
import { onCalls, type Fault, type PlannedOutcome } from "../emulators/index.js";
import { CREATE, drainThrough, expectAllDone, PAGES, PROVIDERS, startClaude } from "./support/emulated.js";

describe.each(PROVIDERS)("pages through the batches of %s", (_name, start) => {
  it("get the summaries that live calls give", async () => {
    await expectAllDone(await drainThrough(start, undefined, {}));
  });

  it.each<[string, Fault]>([
    ["a status 500", { kind: "lost-after-effect", how: 500 }],
    ["a status 529", { kind: "lost-after-effect", how: 529 }],
  ])("are paid for once although every answer to a creation is lost, by %s", async (_how, fault) => {
    const result = await drainThrough(start, onCalls("POST", CREATE, fault), {});
    await expectAllDone(result);
    expect(result.events.batchAdopted.length).toBeGreaterThan(1);
  });

  it("are paid for once although results come to a silent end", async () => {
    const fault: Fault = { kind: "short-results", afterLines: 2, how: "line-end" };
    const result = await drainThrough(start, onCalls("GET", /results|content/u, fault, 1), {});
    await expectAllDone(result);
    expect(result.events.resultAnomaly.map(({ anomaly }) => anomaly)).toContain("short_read");
  });

  it("survive requests that fail or expire, and batches that are slow to appear", async () => {
    let number = 0;
    const troubles: readonly PlannedOutcome[] = [
      { kind: "expired" },
      { kind: "errored", type: "overloaded_error", words: "Overloaded", status: 529 },
      { kind: "canceled" },
    ];
    const result = await drainThrough(start, undefined, {
      lateLooks: 2,
      outcome: () => ((number += 1) <= 6 ? troubles[number % 3] : undefined),
    });
    await expectAllDone(result);
  });

  it("wait while the account is out of credit", async () => {
    let isBroke = true;
    const outOfCredit: Fault = {
      kind: "status",
      status: 402,
      ...{ type: "billing_error", code: "insufficient_quota", words: "Your credit balance is too low." },
    };
    const result = await drainThrough(
      start,
      (request) =>
        isBroke && request.method === "POST" && CREATE.test(request.path) ? outOfCredit : undefined,
      {},
    );
    await new Promise((resolve) => result.worker.events.once("paused", resolve));
    isBroke = false;
    await expectAllDone(result);
    expect(result.events.paused).toMatchObject([{ kind: "out_of_credit" }]);
    expect(result.events.resumed).toHaveLength(1);
  });
});

describe("results at another address than Anthropic's", () => {
  it("are not fetched, and end the pages with a reason", async () => {
    const { store, events, drained } = await drainThrough(
      startClaude,
      undefined,
      { resultsOrigin: "http://127.0.0.1:9" },
      { resultsPatienceMs: 100 },
    );
    expect(await drained).toMatchObject({ summarized: 0, dead: PAGES });
    const letters = await store.queue.deadLetters();
    expect(new Set(letters.map(({ reason }) => reason.code))).toEqual(new Set(["results_unreadable"]));
    expect(letters[0]?.reason.message).toContain("http://127.0.0.1:9");
    expect(events.batchSubmitted).toHaveLength(1);
  });
});
