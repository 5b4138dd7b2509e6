import { memoryStore } from "@gro/queue";
import { knownIn, portrait, START, type Known, type Scene, type Step } from "./history.js";

/** A scene with the in-memory store, which says in code what every store must do. */
function modelScene(): Scene {
  const clock = { time: START };
  let ids = 0;
  const store = memoryStore({ clock: { now: () => clock.time }, randomId: () => `model-${++ids}` });
  return { store, clock, claims: new Map(), batches: new Map() };
}

async function replayed(history: readonly Step[], steps: number): Promise<Scene> {
  const scene = modelScene();
  for (const step of history.slice(0, steps)) await step.run(scene);
  return scene;
}

/** What a store must answer when a history broke off in a step: as before it, or as after it. */
export interface Expectation {
  readonly known: Known;
  readonly before: unknown;
  readonly after: unknown;
}

/** For every step of a history, and for its end. */
export async function expectationsOf(history: readonly Step[]): Promise<readonly Expectation[]> {
  const expectations: Expectation[] = [];
  for (let index = 0; index <= history.length; index += 1) {
    const before = await replayed(history, index);
    const known = knownIn(before);
    const after = await replayed(history, index + 1);
    expectations.push({ known, before: await portrait(before, known), after: await portrait(after, known) });
  }
  return expectations;
}
