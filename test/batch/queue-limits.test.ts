import { describe, expect, it, onTestFinished } from "vitest";
import type { BatchWorkerOptions } from "@gro/batch";
import { prose } from "../support/prose.js";
import { PROVIDERS, startClaude } from "./support/emulated.js";
import { handClock } from "./support/hand-clock.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

const FULL = { kind: "failed", failure: { kind: "rate_limited", message: "The queue is full." } } as const;

/** The sizes of batches, repetitions left out. */
const steps = (sizes: readonly number[]) => sizes.filter((size, index) => size !== sizes[index - 1]);

describe("a provider whose queue has no room for a batch", () => {
  it.each<[string, Partial<BatchWorkerOptions>]>([
    ["of the usual size", { batchSize: 32 }],
    ["far below the usual size", { batchSize: 10_000 }],
  ])("%s, gets the half of it next", async (_name, options) => {
    const scene = makeScene({ status: ({ requests }) => (requests.length > 4 ? FULL : undefined) });
    for (let page = 0; page < 32; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    await scene.runToEnd(scene.worker({ maxAttempts: 1, ...options }));
    expect(await scene.deaths()).toEqual({});
    expect(steps(scene.provider.submissions).slice(0, 4)).toEqual([32, 16, 8, 4]);
  });

  it("and turns batches down only after it took them, is waited for longer each time", async () => {
    let isFull = true;
    const sentAt: number[] = [];
    const scene = makeScene({
      arrival: () => void sentAt.push(scene.clock.now()),
      status: () => (isFull ? FULL : undefined),
    });
    await scene.add("page", prose(90));
    const worker = scene.worker();
    for (let minutes = 0; minutes < 60; minutes += 1) {
      await worker.tick();
      await scene.advance(MINUTE);
    }
    const waits = sentAt.slice(1).map((at, index) => (at - (sentAt[index] ?? 0)) / MINUTE);
    expect(waits.length).toBeGreaterThan(3);
    expect(waits.length).toBeLessThan(8);
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(waits[index - 1] ?? 0);
    expect(waits.at(-1)).toBeGreaterThan(8);
    isFull = false;
    await scene.runToEnd(worker);
    expect(await scene.deaths()).toEqual({});
  });

  it("and comes to the end of a batch, is soon sent larger ones again", async () => {
    let isFull = true;
    const scene = makeScene({ status: ({ requests }) => (isFull && requests.length > 2 ? FULL : undefined) });
    for (let page = 0; page < 8; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    const worker = scene.worker();
    await scene.runToEnd(worker);
    isFull = false;
    for (let page = 8; page < 16; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    await scene.runToEnd(worker);
    expect(scene.provider.submissions.at(-1)).toBe(8);
  });
});

describe.each(PROVIDERS)("a queue of %s that holds less than is waiting", (name, start) => {
  it("takes the pages in ever smaller batches, each paid for once", async () => {
    // Requests at the one, tokens at the other.
    const queueLimit = name === "Anthropic" ? 3 : 900;
    const { server, provider } = await start({ batches: { endsAfterLooks: 2, queueLimit } });
    onTestFinished(() => server.close());
    const scene = makeScene({}, { provider, clock: handClock() });
    for (let page = 0; page < 8; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    const worker = scene.worker();
    const events = listenTo(worker);
    await scene.runToEnd(worker, 90);
    expect(await scene.deaths()).toEqual({});
    const refused = events.batchRefused.map(({ requests }) => requests);
    expect(steps(refused).slice(0, 2)).toEqual([8, 4]);
    expect(refused.filter((requests) => requests > 4)).toHaveLength(1);
    expect(server.billing.bills).toHaveLength(8);
  });
});

describe("the advice for a full queue of Anthropic", () => {
  it("names an option that there is", async () => {
    const { server, provider } = await startClaude({ batches: { queueLimit: 1 } });
    onTestFinished(() => server.close());
    const scene = makeScene({}, { provider, clock: handClock() });
    for (let page = 0; page < 2; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    const worker = scene.worker();
    const events = listenTo(worker);
    await worker.tick();
    expect(events.batchRefused[0]?.failure.message).toMatch(/or lower maxRequests; the provider says: /u);
  });
});
