import { expect } from "vitest";
import { prose } from "../../support/prose.js";
import { handClock } from "./hand-clock.js";
import { makeScene } from "./scene.js";

/** Runs documents of 20 to 60 chunks and looks at how many batches they took: about depth + 1, not one for each document. */
export async function expectFewRounds(documents: number): Promise<void> {
  const defaults = { targetTokens: 100, chunkSize: 64, tokenMax: 300 };
  const scene = makeScene({}, { clock: handClock(), defaults });
  for (let page = 0; page < documents; page += 1) {
    await scene.add(`page-${page}`, prose(560 + (page % 100) * 11, page + 1));
  }
  const depths: number[] = [];
  const worker = scene.worker();
  await scene.runToEnd(worker);
  for (let page = 0; page < documents; page += 1) {
    depths.push((await scene.page(`page-${page}`))?.summaryMeta?.collapseDepth ?? Number.NaN);
  }
  const chunks = scene.provider.submissions[0] ?? 0;
  expect(chunks / documents).toBeGreaterThan(20);
  expect(Math.min(...depths)).toBeGreaterThanOrEqual(1);
  // A summary that came out too long is asked to be shorter, which takes a round of its own.
  const rounds = scene.provider.batches.filter(({ requests }) =>
    requests.some(({ request }) => !request.system.startsWith("You shorten")),
  );
  expect(rounds.length).toBeLessThanOrEqual(Math.max(...depths) + 1);
  expect(scene.provider.batches.length).toBeLessThanOrEqual(Math.max(...depths) + 3);
}
