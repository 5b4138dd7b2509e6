import { expect, it } from "vitest";
import { prose } from "../support/prose.js";
import { handClock } from "./support/hand-clock.js";
import { makeScene, MINUTE } from "./support/scene.js";
import type { ScriptedBatchesOptions } from "./support/scripted-batches.js";

const DAY = 24 * 60 * MINUTE;

function sceneAt(script: Omit<ScriptedBatchesOptions, "clock">) {
  return makeScene(script, { clock: handClock() });
}

it("a retry is not in vain when the page failed while the clock was ahead", async () => {
  let fails = true;
  const scene = sceneAt({ outcome: () => (fails ? { fails: "invalid_request" } : undefined) });
  await scene.add("page", prose(90));
  await scene.advance(3 * DAY);
  await scene.runToEnd(scene.worker(), 10);
  expect(await scene.deaths()).toEqual({ page: "invalid_request" });
  await scene.advance(-3 * DAY);
  fails = false;
  await scene.store.queue.retry();
  await scene.runToEnd(scene.worker(), 10);
  expect(await scene.deaths()).toEqual({});
  expect((await scene.page("page"))?.summary).toBeTypeOf("string");
});

it("a page that was queued while the clock was ahead is given up after as many attempts as any", async () => {
  const scene = sceneAt({ outcome: () => ({ fails: "overloaded" }) });
  await scene.advance(3 * DAY);
  await scene.add("page", prose(90));
  await scene.advance(-3 * DAY);
  await scene.runToEnd(scene.worker({ maxAttempts: 4 }), 60);
  expect(await scene.deaths()).toEqual({ page: "overloaded" });
  expect(scene.provider.submissions).toHaveLength(4);
});
