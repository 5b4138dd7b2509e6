import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash, memoryQueueStore, type Claim, type QueueStore } from "@gro/queue";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { jsonFileQueue } from "./sixty-line-store.js";

const folder = mkdtempSync(join(tmpdir(), "gro-queue-"));
afterAll(() => rmSync(folder, { recursive: true }));

const newItem = (index: number) => ({ pageId: `p-${index}`, contentHash: contentHash(`text ${index}`) });

/** What both queues are asked, and how the claims that they have given out are named. */
type Step = (queue: QueueStore, claims: Claim[]) => Promise<unknown>;

const few = fc.nat({ max: 8 });
const duration = fc.integer({ min: 1, max: 5 });
const chosen = fc.uniqueArray(few, { maxLength: 4 });
const pick = (claims: readonly Claim[], indices: readonly number[]) =>
  indices.flatMap((index) => claims[claims.length - 1 - index] ?? []);

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.array(few, { maxLength: 5 }).map(
    (pages): Step =>
      (queue) =>
        queue.enqueue(pages.map(newItem)),
  ),
  fc
    .record({ limit: few.map((count) => count + 1), leaseMs: duration })
    .map((request): Step => async (queue, claims) => {
      const taken = await queue.claim(request);
      claims.push(...taken);
      return taken;
    }),
  fc.tuple(chosen, duration).map(
    ([those, leaseMs]): Step =>
      (queue, all) =>
        queue.extend(pick(all, those), leaseMs),
  ),
  chosen.map(
    (those): Step =>
      (queue, all) =>
        queue.complete(pick(all, those)),
  ),
  fc.tuple(chosen, fc.nat({ max: 9 }), fc.constantFrom("one", "two", undefined)).map(
    ([those, delayMs, wakeOn]): Step =>
      (queue, all) =>
        queue.release(pick(all, those), { delayMs, wakeOn }),
  ),
  fc.constantFrom("one", "two").map(
    (name): Step =>
      (queue) =>
        queue.wake(name),
  ),
  chosen.map(
    (those): Step =>
      (queue, all) =>
        queue.deadLetter(pick(all, those), { code: "odd", message: "Odd." }),
  ),
  fc.option(few, { nil: undefined }).map(
    (limit): Step =>
      (queue) =>
        queue.deadLetters(limit),
  ),
  chosen.map(
    (those): Step =>
      (queue, all) =>
        queue.retry(pick(all, those).map(({ itemId }) => itemId)),
  ),
  fc.constant<Step>((queue) => queue.retry()),
);

describe("memoryQueueStore", () => {
  it("does the same as a queue that keeps it simple, through every history", async () => {
    const ticks = fc.nat({ max: 4 });
    const histories = fc.array(fc.tuple(ticks, steps, fc.boolean()), { minLength: 1, maxLength: 40 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let now = 1_000;
        const counter = () => {
          let ids = 0;
          return () => `id-${++ids}`;
        };
        const path = join(folder, `${++run}.json`);
        const nextId = counter();
        const open = () => jsonFileQueue(path, () => now, nextId);
        const queue = memoryQueueStore({ clock: { now: () => now }, randomId: counter() });
        let simple = open();
        const claims: [Claim[], Claim[]] = [[], []];
        for (const [passed, step, crashes] of history) {
          now += passed;
          if (crashes) simple = open();
          expect(await step(queue, claims[0])).toEqual(await step(simple, claims[1]));
          expect(await queue.stats()).toEqual(await simple.stats());
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps leases when the clock is set back", async () => {
    let now = 9_000;
    const queue = memoryQueueStore({ clock: { now: () => now } });
    await queue.enqueue([newItem(1), newItem(2)]);
    await queue.claim({ limit: 2, leaseMs: 1_000 });
    now = 10_000;
    const [first] = await queue.claim({ limit: 1, leaseMs: 1_000 });
    expect(first?.item.pageId).toBe("p-1");
    now = 9_500;
    expect(await queue.claim({ limit: 5, leaseMs: 1_000 })).toEqual([]);
    now = 10_000;
    const [second] = await queue.claim({ limit: 5, leaseMs: 1_000 });
    expect(second?.item.pageId).toBe("p-2");
  });

  it("takes the oldest first by time, when the clock was set back between", async () => {
    let now = 10_000;
    const queue = memoryQueueStore({ clock: { now: () => now } });
    await queue.enqueue([newItem(1)]);
    now = 9_000;
    await queue.enqueue([newItem(2)]);
    const claims = await queue.claim({ limit: 2, leaseMs: 1_000 });
    expect(claims.map(({ item }) => item.pageId)).toEqual(["p-2", "p-1"]);
  });

  it("makes tokens of its own where none are given", async () => {
    const queue = memoryQueueStore();
    await queue.enqueue([newItem(1), newItem(2)]);
    const claims = await queue.claim({ limit: 2, leaseMs: 60_000 });
    expect(new Set(claims.map(({ token }) => token)).size).toBe(2);
    expect(await queue.complete(claims)).toEqual(["ok", "ok"]);
  });

  it("claims about as fast from 100,000 items as from 1,000", { retry: 2 }, async () => {
    const timeOf = async (pending: number) => {
      const queue = memoryQueueStore();
      await queue.enqueue(
        Array.from({ length: pending }, (_, index) => ({ pageId: `p-${index}`, contentHash: "h" })),
      );
      const start = performance.now();
      for (let turn = 0; turn < 900; turn++) await queue.claim({ limit: 1, leaseMs: 60_000 });
      return performance.now() - start;
    };
    await timeOf(1_000);
    const small = await timeOf(1_000);
    // One look at all items in each claim would take some hundred times as long.
    expect(await timeOf(100_000)).toBeLessThan(small * 20);
  });
});
