import { expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { handClock } from "./support/hand-clock.js";
import { makeScene } from "./support/scene.js";

const PAGES = 400;
/** A page takes so long to look at that all of them take four times as long as an item waits before it comes back. */
const LOOK_MS = 200;
const PARK_MS = 20_000;
const BATCH_MS = 15_000;
const POLL_MS = 10_000;
/** Without an end, the first tick would look for ever. */
const MOST_LOOKS = 6_000;

it("batches are looked at although items come back before all of them were looked at", async () => {
  const clock = handClock();
  const scene = makeScene({ endsAfterMs: BATCH_MS }, { clock });
  const worker = scene.worker({
    parkMs: PARK_MS,
    batchPollIntervalMs: POLL_MS,
    leaseMs: 600_000,
    batchSize: 50,
  });
  for (let index = 0; index < PAGES; index += 1) await scene.add(`page-${index}`, prose(90, index + 1));

  let looks = 0;
  const { pages } = scene.store;
  const read = pages.read.bind(pages);
  pages.read = async (pageId) => {
    looks += 1;
    clock.advance(LOOK_MS);
    if (looks > MOST_LOOKS) void worker.stop();
    return read(pageId);
  };
  const collectedAfter: number[] = [];
  worker.events.on("batchCollected", ({ batchId }) => {
    const batch = scene.provider.batches.find((one) => one.batchId === batchId);
    collectedAfter.push(clock.now() - (batch?.endsAt ?? 0));
  });

  await scene.runToEnd(worker, 200);
  expect(looks).toBeLessThan(MOST_LOOKS);
  for (let index = 0; index < PAGES; index += 1) {
    expect((await scene.page(`page-${index}`))?.summary).toEqual(expect.any(String));
  }
  // A tick ends by the time of a poll and of the items that were claimed together.
  expect(Math.max(...collectedAfter)).toBeLessThan(2 * POLL_MS + 2 * 200 * LOOK_MS);
});
