import { expect, onTestFinished } from "vitest";
import type { BatchSettings, Fault } from "../../emulators/index.js";
import { prose } from "../../support/prose.js";
import type { Start } from "./emulated.js";
import { handClock } from "./hand-clock.js";
import { listenTo, makeScene, MINUTE } from "./scene.js";

export const PAGES = 5;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const RESULTS = /results$|content$/u;

/** Pages that wait for one batch whose results have this trouble until `mend` is called. */
export async function unreadScene(start: Start, trouble: Fault, batches: Partial<BatchSettings> = {}) {
  let isBroken = true;
  const { server, provider } = await start({
    cue: ({ method, path }) => (isBroken && method === "GET" && RESULTS.test(path) ? trouble : undefined),
    batches: { endsAfterLooks: 1, ...batches },
  });
  onTestFinished(() => server.close());
  const clock = handClock();
  const scene = makeScene({}, { provider, clock });
  for (let page = 0; page < PAGES; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
  return {
    ...scene,
    server,
    mend: () => {
      isBroken = false;
    },
    /** How many times results were asked for. */
    readings: () => server.received.filter(({ path }) => RESULTS.test(path)).length,
    async expectAllPaidOnce() {
      expect(server.batches.jobs).toHaveLength(1);
      expect(server.billing.bills).toHaveLength(PAGES);
      for (let page = 0; page < PAGES; page += 1) {
        expect((await scene.page(`page-${page}`))?.summary).toBeTypeOf("string");
      }
    },
  };
}

/** How results are that cannot be read in full. */
export const TROUBLES: readonly (readonly [string, Fault])[] = [
  ["short", { kind: "short-results", afterLines: 2, how: "line-end" }],
  ["cut in a line", { kind: "short-results", afterLines: 2, how: "mid-line" }],
  ["empty", { kind: "short-results", afterLines: 0, how: "line-end" }],
  ["a web page", { kind: "wrong-content-type" }],
  ["lines that are no JSON", { kind: "edited-results", edit: (text) => text.replaceAll("{", "<") }],
  ["lines without our names", { kind: "edited-results", edit: (text) => text.replaceAll("custom_id", "id") }],
  ["refused for good", { kind: "status", status: 400, words: "No." }],
];

/** Results are read for hours while they have this trouble, and used when it is gone: all is paid for once. */
export async function expectReadAgain(start: Start, fault: Fault): Promise<void> {
  const scene = await unreadScene(start, fault);
  const worker = scene.worker({ resultsPatienceMs: DAY });
  for (let minutes = 0; minutes < 8 * 60; minutes += 10) {
    await worker.tick();
    await scene.advance(10 * MINUTE);
  }
  expect(scene.readings()).toBeGreaterThan(6);
  expect(scene.readings()).toBeLessThan(20);
  expect(await scene.deaths()).toEqual({});
  scene.mend();
  await scene.runToEnd(worker, 70);
  await scene.expectAllPaidOnce();
}

/** Results that keep their trouble end the pages, and a retry reads them again: all is paid for once. */
export async function expectUnreadableThenRead(start: Start, fault: Fault): Promise<void> {
  const scene = await unreadScene(start, fault);
  // Each worker sees but a part of it: the time is in the ledger, not in a process.
  for (let minutes = 0; minutes < 60; minutes += 5) {
    await scene.worker({ resultsPatienceMs: HOUR }).tick();
    await scene.advance(5 * MINUTE);
    if (minutes < 55) expect(await scene.deaths()).toEqual({});
  }
  const worker = scene.worker({ resultsPatienceMs: HOUR });
  const events = listenTo(worker);
  await scene.runToEnd(worker, 10);
  const codes = Object.values(await scene.deaths());
  expect(codes.length).toBeGreaterThanOrEqual(PAGES - 2);
  expect(new Set(codes)).toEqual(new Set(["results_unreadable"]));
  expect(events.itemDeadLettered[0]?.message).toContain("the batch is read again first");
  expect(await scene.store.ledger.openBatches()).toEqual([]);

  // Nothing is mended: nothing is paid.
  await scene.advance(MINUTE);
  await scene.store.queue.retry();
  await scene.runToEnd(worker, 90);
  expect(new Set(Object.values(await scene.deaths()))).toEqual(new Set(["results_unreadable"]));
  expect(scene.server.batches.jobs).toHaveLength(1);

  scene.mend();
  await scene.advance(MINUTE);
  await scene.store.queue.retry();
  await scene.runToEnd(scene.worker(), 3);
  expect(await scene.deaths()).toEqual({});
  await scene.expectAllPaidOnce();
}
