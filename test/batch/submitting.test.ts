import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";
import type { Arrival, ScriptedBatchesOptions } from "./support/scripted-batches.js";

const SECOND = 1_000;

async function sceneWith(pages: number, script: Omit<ScriptedBatchesOptions, "clock">) {
  const scene = makeScene(script);
  for (let page = 0; page < pages; page += 1)
    await scene.add(`page-${page}`, `${prose(90, page + 1)}\n\nThis is page number ${page}.`);
  return scene;
}

/** The nth submission meets this, the others are taken. */
function first(...arrivals: Arrival[]): NonNullable<ScriptedBatchesOptions["arrival"]> {
  return (_submission, number) => arrivals[number - 1];
}

describe("the size of batches", () => {
  it("keeps to the worker's and to the provider's limits", async () => {
    for (const [batchSize, maxRequests] of [
      [7, 100],
      [100, 7],
    ] as const) {
      const scene = await sceneWith(20, { maxRequests });
      const worker = scene.worker({ batchSize });
      await worker.tick();
      expect(scene.provider.submissions).toEqual([7, 7, 6]);
    }
  });

  it("keeps to the provider's bytes", async () => {
    const scene = await sceneWith(10, { maxBytes: 5_000 });
    await scene.worker().tick();
    const sizes = scene.provider.batches.map(({ requests }) =>
      requests.reduce((sum, request) => sum + scene.provider.sizeOf(request), 0),
    );
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5_000);
    expect(scene.provider.submissions.reduce((sum, size) => sum + size)).toBe(10);
  });

  it("divides a request that not even a batch of its own can hold", async () => {
    const scene = makeScene({ maxBytes: 1_300 });
    await scene.add("page", prose(300));
    await scene.runToEnd(scene.worker());
    const { summary, summaryMeta } = (await scene.page("page")) ?? {};
    expect(summary).toBeTypeOf("string");
    expect(summaryMeta?.warnings.map(({ code }) => code)).toEqual(["steps_split"]);
  });
});

describe("a submission that the provider refuses for the time being", () => {
  it.each(["rate_limited", "overloaded", "server_error", "connection_lost"] as const)(
    "as %s, is made again after a growing wait",
    async (refused) => {
      const scene = await sceneWith(3, { arrival: first({ refused }, { refused }, { refused }) });
      const worker = scene.worker();
      const events = listenTo(worker);
      await worker.tick();
      await worker.tick();
      expect(scene.provider.submissions).toHaveLength(1);
      await scene.advance(SECOND);
      await worker.tick();
      await scene.advance(SECOND);
      await worker.tick();
      expect(scene.provider.submissions).toHaveLength(2);
      await scene.runToEnd(worker);
      expect(await scene.deaths()).toEqual({});
      expect(events.batchRefused).toHaveLength(3);
      expect(events.paused).toEqual([]);
    },
  );

  it("is not made before the time that it asks for", async () => {
    const scene = await sceneWith(1, {
      arrival: first({ refused: "rate_limited", retryAfterMs: 10 * MINUTE }),
    });
    const worker = scene.worker();
    await worker.tick();
    await scene.advance(9 * MINUTE);
    await worker.tick();
    expect(scene.provider.submissions).toHaveLength(1);
    await scene.advance(MINUTE);
    await worker.tick();
    expect(scene.provider.submissions).toHaveLength(2);
  });

  it("does not keep finished batches from being collected", async () => {
    const scene = await sceneWith(1, {
      arrival: first("created", { refused: "overloaded", retryAfterMs: 1e7 }),
    });
    const worker = scene.worker();
    await worker.tick();
    await scene.add("late", prose(120, 50));
    await worker.tick();
    await scene.advance(MINUTE);
    await worker.tick();
    expect((await scene.page("page-0"))?.summary).toBeTypeOf("string");
  });
});

describe("an account in trouble", () => {
  it.each(["out_of_credit", "credentials_refused", "permission_denied", "model_not_found"] as const)(
    "(%s) pauses the worker, which says so, and goes on after the fix",
    async (refused) => {
      let isBroken = true;
      const scene = await sceneWith(4, { arrival: () => (isBroken ? { refused } : undefined) });
      const worker = scene.worker({ pauseMs: 5 * MINUTE, batchSize: 2 });
      const events = listenTo(worker);
      await worker.tick();
      // One try is enough to know it, for all batches.
      expect(scene.provider.submissions).toHaveLength(1);
      expect(events.paused).toEqual([
        {
          provider: "scripted",
          kind: refused,
          message: `scripted: ${refused}`,
          until: scene.clock.now() + 5 * MINUTE,
        },
      ]);
      await scene.advance(4 * MINUTE);
      await worker.tick();
      expect(scene.provider.submissions).toHaveLength(1);
      await scene.advance(MINUTE);
      await worker.tick();
      expect(scene.provider.submissions).toHaveLength(2);
      expect(events.paused).toHaveLength(1);
      isBroken = false;
      await scene.advance(5 * MINUTE);
      await worker.tick();
      expect(events.resumed).toHaveLength(1);
      await scene.runToEnd(worker);
      expect(await scene.deaths()).toEqual({});
      expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
    },
  );

  it("that shows only in the results, does the same, and counts no attempt", async () => {
    let isBroken = true;
    const scene = await sceneWith(2, { outcome: () => (isBroken ? { fails: "out_of_credit" } : undefined) });
    const worker = scene.worker({ maxAttempts: 1 });
    const events = listenTo(worker);
    for (let ticks = 0; ticks < 30; ticks += 1) {
      await worker.tick();
      await scene.advance(MINUTE);
    }
    expect(scene.provider.batches.length).toBeGreaterThan(2);
    expect(scene.provider.batches.length).toBeLessThan(10);
    expect(events.paused.length).toBeGreaterThan(0);
    isBroken = false;
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({});
  });

  it("of a model that only some items name, is those items' trouble", async () => {
    const scene = makeScene({
      models: ["large"],
      arrival: ({ requests }) => (requests.length === 2 ? { refused: "model_not_found" } : undefined),
    });
    await scene.add("a", prose(120, 1), { model: "large" });
    await scene.add("b", prose(120, 2), { model: "large" });
    await scene.add("c", prose(120, 3));
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({ a: "model_not_found", b: "model_not_found" });
    expect(events.paused).toEqual([]);
    expect((await scene.page("c"))?.summary).toBeTypeOf("string");
  });
});

describe("a request that the provider does not like", () => {
  it.each(["invalid_request", "prompt_was_cut"] as const)(
    "and refuses the whole batch for (%s), is found and ends alone",
    async (refused) => {
      const poison = "This is page number 4.";
      const scene = await sceneWith(33, {
        arrival: ({ requests }) =>
          requests.some(({ request }) => request.prompt.includes(poison)) ? { refused } : undefined,
      });
      await scene.runToEnd(scene.worker());
      expect(await scene.deaths()).toEqual({ "page-4": refused });
      expect(scene.provider.submissions.length).toBeLessThan(20);
      expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
    },
  );

  it("is found as well when the batch is turned down only later", async () => {
    const poison = "This is page number 4.";
    const scene = await sceneWith(33, {
      status: ({ requests }) =>
        requests.some(({ request }) => request.prompt.includes(poison))
          ? { kind: "failed", failure: { kind: "invalid_request", message: "one line is wrong" } }
          : undefined,
      outcome: (_request, { requests }) =>
        requests.some(({ request }) => request.prompt.includes(poison))
          ? { fails: "invalid_request" }
          : undefined,
    });
    await scene.runToEnd(scene.worker());
    expect(await scene.deaths()).toEqual({ "page-4": "invalid_request" });
    expect(scene.provider.batches.length).toBeLessThan(40);
  });

  it("is divided when it is too long, for the provider or for the batch", async () => {
    for (const refusal of [
      { refused: "prompt_too_long" },
      { refused: "invalid_request", status: 413 },
    ] as const) {
      const scene = makeScene({
        arrival: ({ requests }) =>
          requests.some(({ request }) => request.prompt.length > 2_000) ? refusal : undefined,
      });
      await scene.add("long", prose(400, 1));
      await scene.add("short", prose(90, 2));
      await scene.runToEnd(scene.worker());
      expect(await scene.deaths()).toEqual({});
    }
  });

  it("is not blamed when all of them are refused: then the worker pauses", async () => {
    const scene = await sceneWith(64, { arrival: () => ({ refused: "invalid_request" }) });
    const worker = scene.worker();
    const events = listenTo(worker);
    await worker.tick();
    expect(events.paused).toHaveLength(1);
    expect(Object.keys(await scene.deaths()).length).toBeLessThan(32);
  });
});

describe("a provider whose queue is full", () => {
  it("gets the same again, later and in smaller batches, with no attempt counted", async () => {
    let failures = 3;
    const scene = await sceneWith(32, {
      status: () =>
        failures > 0 && failures--
          ? { kind: "failed", failure: { kind: "rate_limited", message: "token_limit_exceeded" } }
          : undefined,
    });
    const worker = scene.worker({ batchSize: 32, maxAttempts: 1 });
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({});
    expect(scene.provider.submissions[0]).toBe(32);
    expect(Math.min(...scene.provider.submissions)).toBeLessThanOrEqual(4);
  });
});
