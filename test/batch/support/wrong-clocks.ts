import fc from "fast-check";
import { expect } from "vitest";
import { prose } from "../../support/prose.js";
import { clockOff } from "./clock-off.js";
import { handClock } from "./hand-clock.js";
import { Life, mortalParts } from "./mortal.js";
import { makeScene, MINUTE, type Scene } from "./scene.js";
import type { Arrival } from "./scripted-batches.js";

const GRACE = 2 * MINUTE;
const LEASE = 10_000;
const HOURS = 60 * MINUTE;
const PAGES = 3;

/** One look of one of three machines, and what passes after it. */
interface Look {
  readonly machine: number;
  /** Where its process is a new one: what its clock says by then, in milliseconds ahead of the truth. */
  readonly restartsAhead: number | undefined;
  /** After so many effects it is killed; `undefined` for never. */
  readonly diesAt: number | undefined;
  readonly thenMs: number;
}

interface History {
  readonly looks: readonly Look[];
  readonly arrivals: readonly Arrival[];
  /** How old a batch must be to be listed and known. */
  readonly foundAfterMs: number;
  readonly carriesRefs: boolean;
}

const ahead = fc.integer({ min: -2 * HOURS, max: 2 * HOURS });

const histories: fc.Arbitrary<History> = fc.record({
  looks: fc.array(
    fc.record({
      machine: fc.nat({ max: 2 }),
      restartsAhead: fc.option(ahead, { nil: undefined }),
      diesAt: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined, freq: 2 }),
      thenMs: fc.integer({ min: 1, max: 40_000 }),
    }),
    { minLength: 10, maxLength: 40 },
  ),
  arrivals: fc.array(fc.constantFrom<Arrival>("created", "answer-lost", "request-lost"), {
    minLength: 1,
    maxLength: 6,
  }),
  foundAfterMs: fc.nat({ max: GRACE - 1_000 }),
  carriesRefs: fc.boolean(),
});

interface Machine {
  aheadMs: number;
  life: Life;
  tick(): Promise<unknown>;
}

function machineOf(scene: Scene, aheadMs: number, diesAt: number | undefined): Machine {
  const life = new Life(diesAt ?? Number.POSITIVE_INFINITY);
  const parts = mortalParts(scene.store, scene.provider, clockOff(scene.clock, aheadMs), life);
  const worker = scene.worker({
    ...parts,
    ...{ orphanGraceMs: GRACE, leaseMs: LEASE, pollIntervalMs: 5_000, batchPollIntervalMs: 20_000 },
  });
  // A store that fails for a moment is no matter here; a death leaves the look without an end.
  return { aheadMs, life, tick: () => Promise.race([worker.tick(), life.death]) };
}

/** Some histories of machines with wrong clocks and a provider that loses answers: each key is asked once. */
export async function expectNothingAskedTwiceByWrongClocks(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories, async ({ looks, arrivals, foundAfterMs, carriesRefs }) => {
      const scene = makeScene(
        {
          ...{ carriesRefs, foundAfterMs, endsAfterMs: 4 * MINUTE },
          // The last ones are all well, so that it comes to an end.
          arrival: (_submission, number) => arrivals[number - 1],
          isGone: ({ createdAt }) => createdAt + foundAfterMs > scene.clock.now(),
        },
        { clock: handClock() },
      );
      for (let page = 0; page < PAGES; page += 1) await scene.add(`page-${page}`, prose(120, page + 1));
      const machines = new Map<number, Machine>();
      for (const { machine: number, restartsAhead, diesAt, thenMs } of looks) {
        const known = machines.get(number);
        const isNew = known === undefined || known.life.isOver || restartsAhead !== undefined;
        const machine = isNew ? machineOf(scene, restartsAhead ?? known?.aheadMs ?? 0, diesAt) : known;
        machines.set(number, machine);
        await machine.tick();
        await scene.advance(thenMs);
      }
      // One of them alone goes on, its clock as wrong as it is.
      const [last] = machines.values();
      await scene.runToEnd(
        scene.worker({ orphanGraceMs: GRACE, clock: clockOff(scene.clock, last?.aheadMs ?? 0) }),
      );
      expect(scene.provider.doubled).toEqual([]);
      expect([...scene.provider.billed.values()].filter((times) => times > 1)).toEqual([]);
      expect(await scene.deaths()).toEqual({});
      for (let page = 0; page < PAGES; page += 1) {
        expect((await scene.page(`page-${page}`))?.summary).toBeTypeOf("string");
      }
    }),
    { numRuns: runs },
  );
}
