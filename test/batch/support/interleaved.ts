import fc from "fast-check";
import { expect } from "vitest";
import type { BatchProvider, BatchWorker } from "@gro/batch";
import { prose, seededRandom } from "../../support/prose.js";
import { handClock } from "./hand-clock.js";
import { RandomTurns } from "./random-turns.js";
import { makeScene, type Scene } from "./scene.js";

const LEASE = 30_000;
const PAGES = 5;

type Method = (...given: unknown[]) => unknown;

/** The same port, each of whose calls waits until it is its turn: before it has its effect, and before it is answered. */
function scheduled<Port extends object>(port: Port, turns: RandomTurns): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function" || name === "sizeOf" || name === "results") return value;
      const method = value.bind(target) as Method;
      return async (...given: unknown[]) => {
        await turns.turn();
        const answer = await method(...given);
        await turns.turn();
        return answer;
      };
    },
  });
}

function workerOf(scene: Scene, turns: RandomTurns) {
  const { queue, pages, memo, ledger } = scene.store;
  return scene.worker({
    store: {
      queue: scheduled(queue, turns),
      pages: scheduled(pages, turns),
      memo: scheduled(memo, turns),
      ledger: scheduled(ledger, turns),
    },
    provider: scheduled<BatchProvider>(scene.provider, turns),
    parkMs: FOR_EVER,
    batchPollIntervalMs: 5_000,
    leaseMs: LEASE,
  });
}

/** Who is forgotten sleeps for ever. */
const FOR_EVER = 2_000_000_000;

interface Leaps {
  /** Milliseconds that pass each time that time has its turn. */
  readonly leaps: readonly number[];
  /** How many steps of all the others lie between two pages of the host. */
  readonly pauses: readonly number[];
}

const leaps: fc.Arbitrary<Leaps> = fc.record({
  leaps: fc.array(fc.integer({ min: 1_000, max: 40_000 }), { minLength: 4, maxLength: 12 }),
  pauses: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: PAGES, maxLength: PAGES }),
});

/** Pages share texts: half of what a page asks, another one has asked before. */
function contentOf(page: number): string {
  return `${prose(260, 1 + (page % 2))}\n\n${prose(60, 100 + page)}`;
}

/** Two workers and a host on one store, their steps in any order. */
export async function expectNothingAskedTwice(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.nat(), leaps, async (seed, { leaps, pauses }) => {
      const turns = new RandomTurns(seededRandom(seed));
      const scene = makeScene({ endsAfterMs: 10_000 }, { clock: handClock() });
      let areAllQueued = false;
      let isOver = false;

      async function host() {
        for (const [page, pause] of pauses.entries()) {
          for (let steps = 0; steps < pause; steps += 1) await turns.turn();
          await scene.add(`page-${page}`, contentOf(page));
        }
        areAllQueued = true;
      }
      // A process may stand still for longer than its lease.
      async function time() {
        for (let turn = 0; !isOver; turn += 1) {
          await turns.turn();
          if (turn % 10 === 0) await scene.advance(leaps[(turn / 10) % leaps.length] ?? 0);
        }
      }
      async function work(worker: BatchWorker) {
        for (let ticks = 0; ticks < 400 && !isOver; ticks += 1) {
          await worker.tick();
          const { ready, waiting, claimed } = await scene.store.queue.stats();
          isOver ||= areAllQueued && ready + waiting + claimed === 0;
          await turns.turn();
        }
        isOver = true;
      }
      const workers = [workerOf(scene, turns), workerOf(scene, turns)];
      await turns.until(Promise.all([host(), time(), ...workers.map(work)]));

      expect(await scene.store.queue.stats()).toMatchObject({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
      for (let page = 0; page < PAGES; page += 1) {
        expect((await scene.page(`page-${page}`))?.summary).toBeTypeOf("string");
      }
      expect(scene.provider.doubled).toEqual([]);
      expect([...scene.provider.billed.values()].filter((times) => times > 1)).toEqual([]);
    }),
    { numRuns: runs },
  );
}
