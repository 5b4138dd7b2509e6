import { describe, expect, it } from "vitest";
import type { BatchResult } from "@gro/batch";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";
import { failureError, type Outcome, type ScriptedBatchesOptions } from "./support/scripted-batches.js";

const PAGES = 8;

async function sceneWith(script: Omit<ScriptedBatchesOptions, "clock">, pages = PAGES) {
  const scene = makeScene(script);
  for (let page = 0; page < pages; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
  return scene;
}

const paidOnce = ({ billed }: { readonly billed: ReadonlyMap<string, number> }) =>
  [...billed.values()].every((times) => times === 1);

/** Each request fails so often before it succeeds. */
function failing(outcome: Outcome, times: number): NonNullable<ScriptedBatchesOptions["outcome"]> {
  const seen = new Map<string, number>();
  return ({ key }) => {
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before < times ? outcome : undefined;
  };
}

/** The first so many requests of the first batch are not done, and the provider counts them nowhere. */
function undone(count: number): Pick<ScriptedBatchesOptions, "outcome" | "status"> {
  return {
    outcome: ({ key }, { batchId, requests }) =>
      batchId === "batch-1" && requests.slice(0, count).some((request) => request.key === key)
        ? "expired"
        : undefined,
    status: (_batch, told) =>
      told.kind === "ended" && told.counts !== null
        ? { kind: "ended", counts: { ...told.counts, expired: 0 } }
        : undefined,
  };
}

describe("a request that fails", () => {
  it.each<[string, Outcome, string]>([
    ["overloaded", { fails: "overloaded" }, "overloaded"],
    ["a server's error", { fails: "server_error" }, "server_error"],
    ["a rate limit", { fails: "rate_limited" }, "rate_limited"],
  ])("by %s, is asked again, up to maxAttempts", async (_name, outcome, code) => {
    const scene = await sceneWith({ outcome: failing(outcome, 4) });
    await scene.runToEnd(scene.worker({ maxAttempts: 5 }), 200);
    expect(await scene.deaths()).toEqual({});
    const hopeless = await sceneWith({ outcome: () => outcome }, 1);
    await hopeless.runToEnd(hopeless.worker({ maxAttempts: 3 }), 200);
    expect(await hopeless.deaths()).toEqual({ "page-0": code });
    expect(hopeless.provider.batches).toHaveLength(3);
  });

  it.each(["expired", "canceled"] as const)(
    "because its batch was %s, is asked again far more often",
    async (outcome) => {
      const scene = await sceneWith({ outcome: failing(outcome, 8) }, 1);
      await scene.runToEnd(scene.worker({ maxAttempts: 2 }), 200);
      expect(await scene.deaths()).toEqual({});
      const hopeless = await sceneWith({ outcome: () => outcome }, 1);
      await hopeless.runToEnd(hopeless.worker({ maxAttempts: 2 }), 200);
      expect(await hopeless.deaths()).toEqual({ "page-0": outcome });
    },
  );

  it("as invalid, ends its page, and is asked again when somebody retries it", async () => {
    let isInvalid = true;
    const scene = await sceneWith(
      { outcome: () => (isInvalid ? { fails: "invalid_request" } : undefined) },
      1,
    );
    const worker = scene.worker();
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({ "page-0": "invalid_request" });
    expect(scene.provider.batches).toHaveLength(1);
    isInvalid = false;
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({});
  });

  it("costs the others of its batch nothing", async () => {
    let failures = 3;
    const scene = await sceneWith({ outcome: () => (failures-- > 0 ? "expired" : undefined) });
    await scene.runToEnd(scene.worker());
    expect(scene.provider.submissions).toEqual([PAGES, 3]);
    expect(paidOnce(scene.provider)).toBe(true);
  });
});

describe("results that are not as they should be", () => {
  it("and end too early without an error, are read again and nothing is asked again", async () => {
    const scene = await sceneWith({
      stream: (results, _batch, reading) => (reading === 1 ? results.slice(0, 3) : undefined),
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.resultAnomaly).toMatchObject([{ anomaly: "short_read", count: PAGES - 3 }]);
    expect(scene.provider.submissions).toEqual([PAGES]);
    expect(paidOnce(scene.provider)).toBe(true);
  });

  it("and lack a request that the provider does not count as done, have it asked again", async () => {
    const scene = await sceneWith({
      ...undone(1),
      stream: (results, { batchId }) => (batchId === "batch-1" ? results.slice(1) : undefined),
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.resultAnomaly).toMatchObject([{ anomaly: "no_result", count: 1 }]);
    expect(scene.provider.submissions).toEqual([PAGES, 1]);
  });

  it("and say nothing of requests that the provider counts as not done, take its word for why", async () => {
    const { outcome } = undone(3);
    const scene = await sceneWith({
      ...(outcome && { outcome }),
      status: (_batch, told) =>
        told.kind === "ended" && told.counts !== null && told.counts.expired > 0
          ? { kind: "ended", counts: { ...told.counts, canceled: 2, expired: 1 } }
          : undefined,
      stream: (results) => results.filter(({ kind }) => kind === "succeeded"),
    });
    const worker = scene.worker({ maxAttempts: 1 });
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.resultAnomaly).toEqual([]);
    expect(events.batchCollected[0]?.failed).toEqual({ canceled: 2, expired: 1 });
    expect(await scene.deaths()).toEqual({});
  });

  it("and break off, are read again until they are whole", async () => {
    const scene = await sceneWith({
      stream: (results, _batch, reading) =>
        reading <= 6 ? [...results.slice(0, reading), failureError("connection_lost")] : undefined,
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.error).toHaveLength(6);
    expect(scene.provider.submissions).toEqual([PAGES]);
  });

  it.each(["credentials_refused", "permission_denied", "out_of_credit"] as const)(
    "and are refused for %s, pause the provider and are read when somebody has mended that",
    async (kind) => {
      let isRefused = true;
      const scene = await sceneWith({ stream: () => (isRefused ? [failureError(kind)] : undefined) });
      const worker = scene.worker();
      const events = listenTo(worker);
      for (let minute = 0; minute < 60; minute += 1) {
        await worker.tick();
        await scene.advance(MINUTE);
      }
      expect(events.paused[0]).toMatchObject({ kind });
      expect(await scene.deaths()).toEqual({});
      isRefused = false;
      await scene.runToEnd(worker);
      expect(await scene.deaths()).toEqual({});
      expect(scene.provider.submissions).toEqual([PAGES]);
    },
  );

  it("and can never be read, end the pages instead of paying for them again", async () => {
    let isRefused = true;
    const scene = await sceneWith({
      stream: (results) =>
        isRefused ? [...results.slice(0, 2), failureError("malformed_response")] : undefined,
    });
    const worker = scene.worker({ resultsPatienceMs: 30 * MINUTE });
    await scene.runToEnd(worker);
    expect(Object.values(await scene.deaths())).toEqual(Array(PAGES - 2).fill("results_unreadable"));
    expect(scene.provider.submissions).toEqual([PAGES]);
    isRefused = false;
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({});
    expect(scene.provider.submissions).toEqual([PAGES]);
    expect(paidOnce(scene.provider)).toBe(true);
  });

  it("and cannot be read for requests that were not done, have those asked again", async () => {
    const scene = await sceneWith({
      ...undone(2),
      stream: (results, { batchId }) =>
        batchId === "batch-1"
          ? results.map((result, index): BatchResult => {
              if (index === 0) return { kind: "malformed", key: result.key, detail: "no JSON" };
              return index === 1 ? { kind: "malformed", key: null, detail: "no JSON" } : result;
            })
          : undefined,
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.resultAnomaly).toMatchObject([
      { anomaly: "malformed_result", count: 2 },
      { anomaly: "no_result", count: 1 },
    ]);
    expect(await scene.deaths()).toEqual({});
  });

  it("and hold requests of others, or one twice, are told and used as far as they are ours", async () => {
    const scene = await sceneWith({
      stream: (results) => {
        const [first] = results;
        const other: BatchResult = { kind: "expired", key: "not-ours" };
        if (first?.kind !== "succeeded") return undefined;
        const contrary: BatchResult = {
          kind: "succeeded",
          key: first.key,
          completion: { ...first.completion, text: "Second." },
        };
        return [{ kind: "expired", key: first.key }, ...results, contrary, other];
      },
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.resultAnomaly).toMatchObject([
      { anomaly: "unknown_key", count: 1 },
      { anomaly: "duplicate_key", count: 2 },
    ]);
    expect(scene.provider.submissions).toEqual([PAGES]);
    for (let page = 0; page < PAGES; page += 1) {
      expect((await scene.page(`page-${page}`))?.summary).not.toBe("Second.");
    }
  });

  it("and come without counts, are taken as they are when all are there", async () => {
    const scene = await sceneWith({
      status: (_batch, told) => (told.kind === "ended" ? { kind: "ended", counts: null } : undefined),
    });
    await scene.runToEnd(scene.worker());
    expect(scene.provider.submissions).toEqual([PAGES]);
  });
});

describe("a batch that the provider does not know", () => {
  it("is given the grace time to appear", async () => {
    const scene = await sceneWith({
      status: (_batch, _told, number) => (number <= 2 ? { kind: "missing" } : undefined),
    });
    const worker = scene.worker({ orphanGraceMs: 10 * MINUTE });
    await scene.runToEnd(worker);
    expect(scene.provider.submissions).toEqual([PAGES]);
  });

  it("is asked again when it stays away", async () => {
    const scene = await sceneWith({ isGone: ({ batchId }) => batchId === "batch-1" });
    const worker = scene.worker({ orphanGraceMs: 2 * MINUTE });
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.batchClosed[0]).toMatchObject({ reason: "vanished" });
    expect(scene.provider.submissions).toEqual([PAGES, PAGES]);
    expect(await scene.deaths()).toEqual({});
  });
});

describe("a batch whose status cannot be asked", () => {
  it("stays as it is, and is asked again", async () => {
    const scene = await sceneWith({
      status: (_batch, _told, number) => (number <= 3 ? failureError("timed_out") : undefined),
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(events.error).toHaveLength(3);
    expect(scene.provider.submissions).toEqual([PAGES]);
  });
});

describe("a memo that does not take a completion", () => {
  it("keeps its batch open, so that nothing that is paid for is lost", async () => {
    const scene = await sceneWith({});
    const { memo } = scene.store;
    let failures = 5;
    const store = {
      ...scene.store,
      memo: {
        ...memo,
        async set(...given: Parameters<typeof memo.set>) {
          if (failures-- > 0) throw new Error("the disk is full");
          await memo.set(...given);
        },
      },
    };
    await scene.runToEnd(scene.worker({ store }));
    expect(scene.provider.submissions).toEqual([PAGES]);
    for (const key of scene.provider.billed.keys()) expect(await memo.get(key)).toBeDefined();
  });
});

describe("what a batch was worth", () => {
  it("is told with its tokens, and at the price of batches", async () => {
    const scene = await sceneWith({});
    const worker = scene.worker({ prices: () => ({ input: 10, output: 20, batchShare: 0.5 }) });
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    const [collected] = events.batchCollected;
    const { inputTokens = 0, outputTokens = 0, costUsd } = collected?.usage ?? {};
    expect(collected).toMatchObject({
      succeeded: PAGES,
      failed: {},
      requests: PAGES,
      usage: { calls: PAGES },
    });
    expect(inputTokens).toBeGreaterThan(100);
    expect(costUsd).toBeCloseTo((inputTokens * 10 + outputTokens * 20) / 2e6, 12);
    expect(events.itemSummarized).toHaveLength(PAGES);
    expect(events.itemSummarized[0]?.waitedMs).toBe(MINUTE);
  });

  it("and all else that is told, holds neither content nor step keys", async () => {
    const scene = await sceneWith({
      outcome: failing({ fails: "overloaded" }, 1),
      arrival: (_s, number) => (number === 2 ? "answer-lost" : undefined),
    });
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    const told = JSON.stringify(events);
    for (const key of scene.provider.billed.keys()) expect(told).not.toContain(key);
    for (const sentence of prose(90, 1).split(". ")) expect(told).not.toContain(sentence);
  });
});
