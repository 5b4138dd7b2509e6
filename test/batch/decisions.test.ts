import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { BatchRecord, KeyHistory, Submission } from "@gro/queue";
import { decideStep, type StepFacts } from "../../packages/batch/src/advance/decide-step.js";
import { decideRefusal } from "../../packages/batch/src/submit/decide-refusal.js";
import { decideIntent } from "../../packages/batch/src/tend/decide-intent.js";
import {
  decideResults,
  isSomePaid,
  type ResultsFacts,
} from "../../packages/batch/src/tend/decide-results.js";
import { decideStatus } from "../../packages/batch/src/tend/decide-status.js";
import { failure } from "./support/scripted-batches.js";

const NOW = 1_000_000;

function history(
  kind: string,
  counts: Record<string, number> = { [kind]: 1 },
  failedAt = NOW - 100,
): KeyHistory {
  return { failure: { key: "k", kind, message: "why" }, failedAt, counts };
}

function step(facts: Partial<StepFacts>) {
  return decideStep({
    ...{ rejection: undefined, history: undefined, queuedAt: NOW - 1_000, now: NOW },
    ...{ hasOwnModel: false, maxAttempts: 3, firstWaitMs: 1_000, keptUntil: () => undefined },
    ...facts,
  });
}

describe("a missing step", () => {
  it.each<[string, Partial<StepFacts>, object]>([
    ["that never failed", {}, { kind: "ask", suspicion: 0, forgives: false }],
    [
      "whose failure is older than the item",
      { history: history("invalid_request", undefined, NOW - 2_000) },
      { kind: "ask", forgives: true },
    ],
    [
      "that is too long, however old that is",
      { history: history("prompt_too_long", undefined, 5) },
      { kind: "split" },
    ],
    [
      "that is invalid",
      { history: history("invalid_request") },
      { kind: "dead", isNews: false, reason: { code: "invalid_request" } },
    ],
    [
      "that failed by a busy provider a moment ago",
      { history: history("overloaded") },
      { kind: "later", afterMs: 900 },
    ],
    [
      "that did so twice",
      { history: history("overloaded", { overloaded: 2 }) },
      { kind: "later", afterMs: 1_900 },
    ],
    [
      "that did so too often, in different ways",
      { history: history("timed_out", { overloaded: 2, timed_out: 1 }) },
      { kind: "dead" },
    ],
    [
      "that did so long ago",
      { history: history("overloaded", { overloaded: 2 }, NOW - 990), queuedAt: 0, firstWaitMs: 400 },
      { kind: "ask" },
    ],
    ["whose batch expired a few times", { history: history("expired", { expired: 9 }) }, { kind: "ask" }],
    ["whose batch expired for ever", { history: history("expired", { expired: 30 }) }, { kind: "dead" }],
    [
      "that nobody could pay, however often",
      { history: history("out_of_credit", { out_of_credit: 500 }) },
      { kind: "ask" },
    ],
    [
      "whose own model does not exist",
      { history: history("model_not_found"), hasOwnModel: true },
      { kind: "dead" },
    ],
    [
      "whose batch was turned down",
      { history: history("batch_rejected", { batch_rejected: 2 }) },
      { kind: "ask", suspicion: 2 },
    ],
    [
      "with a kind of failure that nobody knows",
      { history: history("cosmic_ray", { cosmic_ray: 3 }) },
      { kind: "dead" },
    ],
    [
      "with an answer that was just found useless",
      { rejection: "refused" },
      { kind: "dead", isNews: true, reason: { code: "completion_refused" } },
    ],
    [
      "with an answer that is known as useless",
      { rejection: "empty", history: history("completion_empty") },
      { kind: "dead", isNews: false },
    ],
    [
      "with a useless answer of before it was wanted again",
      { rejection: "empty", history: history("completion_empty", undefined, 5) },
      { kind: "ask", forgives: false },
    ],
    [
      "with a useless answer whose renewal failed",
      { rejection: "empty", history: history("expired", { completion_empty: 1, expired: 1 }) },
      { kind: "ask" },
    ],
  ])("%s", (_name, facts, decision) => {
    expect(step(facts)).toMatchObject(decision);
  });
});

describe("a step, after a clock was ahead and has been set right", () => {
  const DAY = 86_400_000;
  const failed = (failedAt: number) => ({
    history: history("overloaded", { overloaded: 1 }, failedAt),
    firstWaitMs: 1_000,
  });

  it.each<[string, Partial<StepFacts>, object]>([
    [
      "is asked when it failed at a time that is still to come, and somebody wants it since",
      { history: history("invalid_request", undefined, NOW + DAY) },
      { kind: "ask", forgives: true },
    ],
    [
      "waits, and its failures count, for an item of a time that is still to come",
      { ...failed(NOW - 100), queuedAt: NOW + DAY },
      { kind: "later", afterMs: 900 },
    ],
    [
      "ends such an item when it failed too often",
      { history: history("overloaded", { overloaded: 3 }), queuedAt: NOW + DAY },
      { kind: "dead" },
    ],
    [
      "is asked when both are of such a time, and the item is younger",
      { ...failed(NOW + DAY), queuedAt: NOW + DAY + 1 },
      { kind: "ask", forgives: true },
    ],
    [
      "waits no longer than ever when both are, and the failure is younger",
      { ...failed(NOW + DAY + 1), queuedAt: NOW + DAY },
      { kind: "later", afterMs: 1_000 },
    ],
    [
      "is as ever when clocks differ by a few seconds",
      { history: history("invalid_request", undefined, NOW + 5_000) },
      { kind: "dead" },
    ],
  ])("%s", (_name, facts, decision) => {
    expect(step(facts)).toMatchObject(decision);
  });
});

describe("a step whose paid answer could not be read", () => {
  const unread = { provider: "p", batchId: "b", endedAt: NOW - 5_000 };
  const lost = (failedAt: number): KeyHistory => ({
    failure: { key: "k", kind: "results_unreadable", message: "why", unread },
    ...{ failedAt, counts: { results_unreadable: 9 } },
  });

  it("ends its item, and is read again for one that was queued since, while the results are kept", () => {
    const keptUntil = () => NOW + 1;
    expect(step({ history: lost(NOW - 100), keptUntil })).toMatchObject({
      kind: "dead",
      reason: { message: "why" },
    });
    expect(step({ history: lost(NOW - 2_000), keptUntil })).toEqual({ kind: "reread", batch: unread });
    expect(step({ history: lost(NOW - 2_000), keptUntil: () => NOW })).toMatchObject({
      kind: "ask",
      forgives: true,
    });
  });

  it("is not asked by a worker that cannot read it", () => {
    expect(step({ history: lost(NOW - 2_000), keptUntil: () => undefined })).toMatchObject({
      kind: "dead",
      reason: { code: "results_unreadable", message: expect.stringContaining("lie with p") as string },
    });
  });

  it("is asked, as before, when nobody knows the batch: its store was written by an earlier version", () => {
    expect(step({ history: history("results_unreadable", undefined, NOW - 2_000) })).toMatchObject({
      kind: "ask",
    });
  });
});

describe("results that were read", () => {
  const submissions: readonly Submission[] = [
    { kind: "submitted", batchId: "b" },
    { kind: "submitted", batchId: "b", isReopened: true },
    { kind: "candidate", batchId: "b" },
  ];
  const few = fc.integer({ min: 0, max: 4 });
  const time = fc.integer({ min: 0, max: 100_000_000 });
  const counts = fc.record({ succeeded: few, errored: few, canceled: few, expired: few });
  const facts: fc.Arbitrary<ResultsFacts> = fc.record({
    submission: fc.constantFrom(...submissions),
    counts: fc.option(counts),
    reading: fc.record({ succeeded: few, unread: few, othersSucceeded: few, unknownKeys: few }),
    trouble: fc.option(
      fc.record({
        mayPass: fc.boolean(),
        needsSomebody: fc.boolean(),
        retryAfterMs: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
      }),
      { nil: undefined },
    ),
    now: time.map((elapsed) => NOW + elapsed),
    wantingSince: fc.constant(NOW),
    keptUntil: time.map((later) => NOW + later),
    patienceMs: time,
    pollMs: fc.integer({ min: 1, max: 300_000 }),
  });

  it("are never closed as if all were known while some of what was not read may be paid", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { kind } = decideResults(given);
        const isPaid = isSomePaid(given.submission, given.counts, given.reading);
        if (isPaid) expect(["read-again", "give-up", "rule-out"]).toContain(kind);
        if (isPaid && kind === "rule-out") expect(given.reading.unknownKeys).toBeGreaterThan(0);
        if (kind === "give-up") expect(isPaid).toBe(true);
      }),
    );
  });

  it("are read again in time, and come to an end when the provider has deleted them at the latest", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const decision = decideResults(given);
        if (decision.kind !== "read-again") return;
        expect(decision.afterMs).toBeGreaterThan(0);
        expect(given.now + decision.afterMs).toBeLessThanOrEqual(given.keptUntil);
        expect(decideResults({ ...given, now: given.keptUntil }).kind).not.toBe("read-again");
      }),
    );
  });
});

describe("a submission that was refused", () => {
  it.each<[Parameters<typeof decideRefusal>, string]>([
    [[failure("rate_limited"), 9, false], "back-off"],
    [[failure("server_error"), 1, false], "back-off"],
    [[failure("malformed_response"), 9, false], "back-off"],
    [[failure("invalid_request"), 2, false], "divide"],
    [[failure("invalid_request"), 1, false], "blame"],
    [[failure("prompt_too_long", { status: 413 }), 2, false], "divide"],
    [[failure("server_error", { status: 413 }), 1, false], "blame"],
    [[failure("out_of_credit"), 1, false], "pause"],
    [[failure("credentials_missing"), 9, true], "pause"],
    [[failure("model_not_found"), 9, false], "pause"],
    [[failure("model_not_found"), 9, true], "blame"],
  ])("%j: %s", (given, kind) => {
    expect(decideRefusal(...given)).toEqual({ kind });
  });
});

const batch: BatchRecord = {
  ...{ ref: "ref", provider: "p", modelId: "m", keys: ["a"], reservedAt: 0, deadlineAt: null },
  ...{ submission: { kind: "intended" }, ruledOut: ["ruled-out"] },
};

describe("a look-up", () => {
  const look = (found: { batchId: string; isCertain: boolean }[], elapsed: number, graceMs = 10_000) =>
    decideIntent({ batch, found, isTaken, since: NOW - elapsed, claimedAt: NOW, graceMs });
  const isTaken = (id: string) => id === "taken";

  it("takes what is certain before what may be, and calls the rest of it duplicates", () => {
    const found = [
      { batchId: "maybe", isCertain: false },
      { batchId: "one", isCertain: true },
      { batchId: "two", isCertain: true },
    ];
    expect(look(found, 0)).toEqual({ kind: "adopt", batchId: "one", duplicates: ["two"] });
  });

  it("passes over what is another's", () => {
    const found = ["taken", "ruled-out", "maybe"].map((batchId) => ({ batchId, isCertain: false }));
    expect(look(found, 1e9)).toEqual({ kind: "suspect", batchId: "maybe" });
    expect(look(found.slice(0, 2), 1e9)).toEqual({ kind: "give-up" });
  });

  it("gives up when the grace time is over, and not a moment earlier", () => {
    expect(look([], 9_999)).toEqual({ kind: "look-again", afterMs: 1 });
    expect(look([], 10_000)).toEqual({ kind: "give-up" });
    expect(look([], -5, 0)).toEqual({ kind: "give-up" });
    expect(look([], 0, 1e6)).toEqual({ kind: "look-again", afterMs: 15_000 });
  });
});

describe("a status", () => {
  const decide = (
    status: Parameters<typeof decideStatus>[0]["status"],
    changes: Partial<BatchRecord> = {},
    mayCancel = true,
    more: Partial<Parameters<typeof decideStatus>[0]> = {},
  ) =>
    decideStatus({
      batch: { ...batch, ...changes },
      status,
      ...{ now: NOW, claimedAt: NOW },
      ...{ pollMs: 100, graceMs: 1_000, patienceMs: 50_000 },
      mayCancel,
      ...{ runsHere: false, isDoubtful: false, ...more },
    });
  const running = { kind: "running", total: 1 } as const;
  const submitted = { kind: "submitted", batchId: "b", since: NOW - 300 } as const;
  const candidate = { kind: "candidate", batchId: "b" } as const;

  it("running: is asked again, before the deadline if that is sooner, and canceled after it", () => {
    expect(decide(running)).toEqual({ kind: "poll-again", afterMs: 100 });
    expect(decide(running, { deadlineAt: NOW + 40 })).toEqual({ kind: "poll-again", afterMs: 40 });
    expect(decide(running, { deadlineAt: NOW })).toEqual({ kind: "cancel", afterMs: 100 });
    expect(decide(running, { deadlineAt: NOW }, false)).toMatchObject({ kind: "poll-again" });
    // It may be somebody else's.
    expect(decide(running, { deadlineAt: NOW, submission: candidate })).toMatchObject({ kind: "poll-again" });
  });

  const missing = { kind: "missing" } as const;

  it.each<[string, Submission, object]>([
    [
      "for the first time, however old it is",
      { ...submitted, since: 0 },
      { kind: "look-again", since: NOW, looks: 1 },
    ],
    ["and may be ours", candidate, { kind: "look-again", since: NOW, looks: 1 }],
    [
      "for less than the grace",
      { ...submitted, missingSince: NOW - 999, missingLooks: 9 },
      { kind: "look-again", since: NOW - 999, looks: 10 },
    ],
    [
      "for long, but was seldom looked at",
      { ...submitted, missingSince: 5, missingLooks: 1 },
      { kind: "look-again", since: 5, looks: 2 },
    ],
    [
      "since a time that a clock has noted that was ahead",
      { ...submitted, missingSince: NOW + 1e9, missingLooks: 9 },
      { kind: "look-again", since: NOW, looks: 1 },
    ],
    [
      "for the whole grace",
      { ...submitted, missingSince: NOW - 1_000, missingLooks: 2 },
      { kind: "vanished" },
    ],
    [
      "so, and may be ours",
      { ...candidate, missingSince: NOW - 1_000, missingLooks: 2 },
      { kind: "rule-out" },
    ],
  ])("missing %s", (_name, submission, decision) => {
    expect(decide(missing, { submission })).toMatchObject(decision);
  });

  it("missing, and something speaks against it: waits for as long as results that cannot be read", () => {
    const gone = (since: number) => ({ ...submitted, missingSince: NOW - since, missingLooks: 99 });
    const doubtful = { isDoubtful: true };
    expect(decide(missing, { submission: gone(49_999) }, true, doubtful)).toMatchObject({
      kind: "look-again",
      afterMs: 100,
    });
    expect(decide(missing, { submission: gone(50_000) }, true, doubtful)).toEqual({ kind: "vanished" });
  });

  it("missing in this very process: is gone at once", () => {
    expect(decide(missing, { submission: submitted }, true, { runsHere: true })).toEqual({
      kind: "vanished",
    });
  });

  it("missing after it was seen to have ended: is one more way of not being readable, until it was opened again", () => {
    const unread = { kind: "collect", counts: null };
    const wantingSince = NOW - 2_000;
    expect(
      decide({ kind: "missing" }, { submission: { ...submitted, since: 0, wantingSince } }),
    ).toMatchObject(unread);
    expect(decide({ kind: "missing" }, { submission: { ...candidate, wantingSince } })).toMatchObject(unread);
    const reopened = {
      ...{ ...submitted, since: 0, wantingSince, isReopened: true },
      ...{ missingSince: 0, missingLooks: 2 },
    };
    expect(decide({ kind: "missing" }, { submission: reopened })).toEqual({ kind: "vanished" });
  });

  it("failed: turns down what is ours, and rules out what only may be", () => {
    const failed = { kind: "failed", failure: failure("rate_limited") } as const;
    expect(decide(failed, { submission: submitted })).toMatchObject({ kind: "turned-down" });
    expect(decide(failed, { submission: candidate })).toEqual({ kind: "rule-out" });
  });
});
