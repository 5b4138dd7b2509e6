import fc from "fast-check";
import { expect } from "vitest";
import { prose } from "../../support/prose.js";
import { handClock } from "./hand-clock.js";
import { Life, mortalParts } from "./mortal.js";
import { makeScene, type Scene } from "./scene.js";
import type { Arrival } from "./scripted-batches.js";

export const LEASE = 30_000;
const PAGES = 6;

/** Three pages of one chunk and three of several, two of which share their text. */
export async function fill(scene: Scene): Promise<void> {
  for (let page = 0; page < PAGES; page += 1) {
    await scene.add(`page-${page}`, prose(page < 3 ? 120 : 900, page === 5 ? 4 : page + 1));
  }
}

export async function expectAllPaidOnce(scene: Scene): Promise<void> {
  const { provider, store } = scene;
  expect(provider.doubled).toEqual([]);
  expect([...provider.billed].filter(([, times]) => times > 1)).toEqual([]);
  for (const key of provider.billed.keys()) expect(await store.memo.get(key)).toBeDefined();
}

export async function expectAllSummarized(scene: Scene): Promise<void> {
  expect(await scene.deaths()).toEqual({});
  for (let page = 0; page < PAGES; page += 1) {
    expect((await scene.page(`page-${page}`))?.summary, `page-${page}`).toBeTypeOf("string");
  }
}

/** One worker ticks until it dies, or until nothing is left to do. */
export async function liveOn(scene: Scene, life: Life): Promise<void> {
  const { store, provider, clock } = scene;
  const worker = scene.worker({ ...mortalParts(store, provider, clock, life), leaseMs: LEASE });
  for (let ticks = 0; ticks < 60 && !life.isOver; ticks += 1) {
    await Promise.race([worker.tick(), life.death]);
    const { ready, waiting, claimed } = await store.queue.stats();
    if (ready + waiting + claimed === 0) break;
    await scene.advance(20_000);
  }
  life.kill();
}

const ARRIVALS: readonly Arrival[] = ["created", "created", "answer-lost", "request-lost"];

/** Random histories: workers die at random moments, while the provider's answers are lost at random. */
export async function expectCrashesCostNothing(carriesRefs: boolean, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: ARRIVALS.length - 1 }), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 0, max: 40_000 }),
      async (lives, arrivals, foundAfterMs) => {
        const scene = makeScene(
          {
            carriesRefs,
            foundAfterMs,
            arrival: (_submission, number) => ARRIVALS[arrivals[number - 1] ?? 0],
          },
          { clock: handClock() },
        );
        await fill(scene);
        for (const lastMoment of lives) await liveOn(scene, new Life(lastMoment));
        await scene.advance(LEASE);
        await scene.runToEnd(scene.worker({ leaseMs: LEASE }), 200);
        await expectAllSummarized(scene);
        await expectAllPaidOnce(scene);
      },
    ),
    { numRuns: runs },
  );
}

/** A run is cut off at every nth of its moments, and another worker goes on. */
export async function expectEveryMomentSafe(step: number): Promise<void> {
  const rehearsal = makeScene({}, { clock: handClock() });
  await fill(rehearsal);
  const whole = new Life(Number.POSITIVE_INFINITY);
  await liveOn(rehearsal, whole);
  expect(whole.lived).toBeGreaterThan(200);

  for (let lastMoment = 1; lastMoment <= whole.lived; lastMoment += step) {
    const scene = makeScene({}, { clock: handClock() });
    await fill(scene);
    await liveOn(scene, new Life(lastMoment));
    await scene.advance(LEASE);
    await scene.runToEnd(scene.worker({ leaseMs: LEASE }), 100);
    await expectAllSummarized(scene);
    await expectAllPaidOnce(scene);
  }
}
