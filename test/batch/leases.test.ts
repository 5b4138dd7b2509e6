import { describe, expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { handClock } from "./support/hand-clock.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

const LEASE = 3_000;
const GRACE = 10_000;

/** What the store makes of a call that prolongs the leases of items. */
const ITEMS: readonly (readonly [string, () => Promise<never>])[] = [
  // As behind a host's open transaction that has queued one of the pages again.
  ["hangs", () => new Promise(() => undefined)],
  ["fails", () => Promise.reject(new Error("the store is busy"))],
];

/** Lets everything go on that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let rounds = 0; rounds < 50; rounds += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("a worker that sends for longer than a lease", () => {
  it.each(ITEMS)("keeps its batch while the call for its items %s", async (_name, extend) => {
    const scene = makeScene({}, { clock: handClock() });
    await scene.add("page", prose(90));
    let answer: () => void = () => undefined;
    const isSent = new Promise<void>((resolve) => (answer = resolve));
    const { provider, store } = scene;
    const slow: typeof provider = {
      ...provider,
      async submit(submission) {
        await isSent;
        return provider.submit(submission);
      },
    };
    const times = { leaseMs: LEASE, orphanGraceMs: GRACE };
    const sender = scene.worker({
      ...{ ...times, provider: slow, store: { ...store, queue: { ...store.queue, extend } } },
    });
    const other = scene.worker(times);
    const events = listenTo(other);
    const sending = sender.tick();
    for (let passed = 0; passed < 60_000; passed += 1_000) {
      await settled();
      await scene.advance(1_000);
      await settled();
      await other.tick();
    }
    expect(events.batchClosed).toEqual([]);
    expect(provider.submissions).toHaveLength(0);
    answer();
    await sending;
    await scene.runToEnd(scene.worker(times));
    expect(provider.submissions).toHaveLength(1);
  });

  it("keeps its items while the call for its batch hangs", async () => {
    const scene = makeScene({}, { clock: handClock() });
    await scene.add("page", prose(90));
    const { ledger, queue } = scene.store;
    let isBlocked = false;
    const blocked: typeof ledger.extend = (...given) =>
      isBlocked ? new Promise(() => undefined) : ledger.extend(...given);
    const stuck: typeof scene.provider = {
      ...scene.provider,
      submit: () => {
        isBlocked = true;
        return new Promise(() => undefined);
      },
    };
    const sender = scene.worker({
      ...{
        leaseMs: LEASE,
        provider: stuck,
        store: { ...scene.store, ledger: { ...ledger, extend: blocked } },
      },
    });
    void sender.tick();
    for (let passed = 0; passed < 10 * LEASE; passed += 1_000) {
      await settled();
      await scene.advance(1_000);
    }
    await settled();
    expect(await queue.claim({ limit: 1, leaseMs: LEASE })).toEqual([]);
  });

  it("keeps a batch while the call for another one hangs or fails", async () => {
    for (const troubled of [
      () => new Promise<never>(() => undefined),
      () => Promise.reject(new Error("no")),
    ]) {
      const scene = makeScene({ endsAfterMs: 60 * MINUTE }, { clock: handClock() });
      const { ledger } = scene.store;
      for (const seed of [1, 2, 3]) {
        await scene.add(`page-${seed}`, prose(90, seed));
        await scene.worker().tick();
      }
      await scene.advance(MINUTE);
      const [first] = await ledger.openBatches();
      const extend: typeof ledger.extend = (claim, leaseMs) =>
        claim.ref === first?.ref ? troubled() : ledger.extend(claim, leaseMs);
      const stuck = { ...scene.provider, status: () => new Promise<never>(() => undefined) };
      const looker = scene.worker({
        ...{ leaseMs: LEASE, provider: stuck, store: { ...scene.store, ledger: { ...ledger, extend } } },
      });
      const events = listenTo(looker);
      void looker.tick();
      for (let passed = 0; passed < 10 * LEASE; passed += 1_000) {
        await settled();
        await scene.advance(1_000);
      }
      await settled();
      const free = await ledger.claim({ provider: "scripted", limit: 10, leaseMs: LEASE });
      expect(free.map(({ ref }) => ref)).toEqual([first?.ref]);
      expect(events.error.every(({ doing }) => doing === "prolonging leases")).toBe(true);
    }
  });
});
