import { describe, expect, it } from "vitest";
import type { Fault } from "../emulators/index.js";
import { prose } from "../support/prose.js";
import { PROVIDERS } from "./support/emulated.js";
import { listenTo, MINUTE } from "./support/scene.js";
import { HOUR, PAGES, unreadScene } from "./support/unread.js";

/** As both APIs tell it, each in its own form. */
const OWN: Fault = {
  ...{ kind: "status", status: 404 },
  body: JSON.stringify({
    type: "error",
    error: { type: "not_found_error", message: "No such File object: file-1" },
  }),
};
const FOREIGN: Fault = { kind: "status", status: 404, body: "Not Found" };

describe.each(PROVIDERS)("results of %s that answer 404", (_name, start) => {
  it.each([
    ["the API's own", OWN],
    ["not the API's", FOREIGN],
  ])(
    "(%s) are their batch's own trouble: nothing else is held up, and they end in time",
    async (_how, fault) => {
      const scene = await unreadScene(start, fault);
      const events = [];
      for (let minutes = 0; minutes < 60; minutes += 5) {
        // Each starts anew, and would pause anew.
        const worker = scene.worker({ resultsPatienceMs: HOUR });
        events.push(listenTo(worker));
        if (minutes === 30) await scene.add("another", prose(90, 77));
        await worker.tick();
        await scene.advance(5 * MINUTE);
      }
      expect(events.flatMap(({ paused }) => paused)).toEqual([]);
      expect(scene.server.batches.jobs).toHaveLength(2);
      expect(scene.readings()).toBeLessThan(30);
      await scene.runToEnd(scene.worker({ resultsPatienceMs: HOUR }), 90);
      const deaths = Object.values(await scene.deaths());
      expect(deaths).toEqual(Array(PAGES + 1).fill("results_unreadable"));
    },
  );

  it("(the API's own) are gone after that: a retry asks anew, and says so before", async () => {
    const scene = await unreadScene(start, OWN);
    const worker = scene.worker({ resultsPatienceMs: HOUR });
    await scene.runToEnd(worker, 90);
    const [letter] = await scene.store.queue.deadLetters();
    expect(letter?.reason.code).toBe("results_unreadable");
    expect(letter?.reason.message).toMatch(
      /^The results of batch .*A retry asks anew, and that is paid for again\.$/u,
    );
    expect(scene.server.batches.jobs).toHaveLength(1);
    scene.mend();
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker, 10);
    expect(scene.server.batches.jobs).toHaveLength(2);
    expect(await scene.deaths()).toEqual({});
  });

  it("(not the API's) are read again by a retry when that is mended, and nothing is paid twice", async () => {
    const scene = await unreadScene(start, FOREIGN);
    const worker = scene.worker({ resultsPatienceMs: HOUR });
    await scene.runToEnd(worker, 90);
    scene.mend();
    await scene.advance(MINUTE);
    await scene.store.queue.retry();
    await scene.runToEnd(worker, 10);
    await scene.expectAllPaidOnce();
  });
});
