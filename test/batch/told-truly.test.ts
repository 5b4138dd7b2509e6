import { describe, expect, it, onTestFinished } from "vitest";
import { localBatch } from "@gro/batch";
import { onCalls } from "../emulators/index.js";
import { prose } from "../support/prose.js";
import { CREATE, PROVIDERS, type Start } from "./support/emulated.js";
import { handClock } from "./support/hand-clock.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

async function sceneOf(start: Start, options: Parameters<Start>[0]) {
  const told = await start(options);
  onTestFinished(() => told.server.close());
  const clock = handClock();
  return { ...told, clock, scene: makeScene({}, { provider: told.provider, clock }) };
}

describe.each(PROVIDERS)("an item of %s with a model of its own", (name, start) => {
  const [usual, own] =
    name === "Anthropic" ? ["claude-haiku-4-5", "claude-opus-5"] : ["gpt-4o-mini", "gpt-4o"];

  it("that fails, tells of that model, also when another worker finds it out", async () => {
    const { scene, server } = await sceneOf(start, {
      batches: {
        outcome: () => ({ kind: "errored", type: "invalid_request_error", words: "No.", status: 400 }),
      },
    });
    await scene.add("own", prose(90, 1), { model: own });
    await scene.add("usual", prose(90, 2));
    await scene.worker().tick();
    server.batches.endAll();
    await scene.advance(5 * MINUTE);
    await scene.runToEnd(scene.worker(), 10);
    const letters = await scene.store.queue.deadLetters();
    const messages = new Map(letters.map(({ item, reason }) => [item.pageId, reason.message]));
    expect(messages.get("own")).toContain(`(${own})`);
    expect(messages.get("usual")).toContain(`(${usual})`);
  });

  it("whose batch is refused, tells of that model", async () => {
    const refused = { kind: "status", status: 400, words: "No." } as const;
    const { scene } = await sceneOf(start, { cue: onCalls("POST", CREATE, refused) });
    await scene.add("own", prose(90, 1), { model: own });
    await scene.runToEnd(scene.worker(), 10);
    const [letter] = await scene.store.queue.deadLetters();
    expect(letter?.reason.message).toContain(`(${own})`);
  });
});

describe.each(PROVIDERS)("requests of %s that the deadline canceled", (_name, start) => {
  it("are counted as canceled, whether or not the API lists them", async () => {
    const { scene, server, live, clock } = await sceneOf(start, {});
    for (let page = 0; page < 5; page += 1) await scene.add(`page-${page}`, prose(90, page + 1));
    const batchDeadline = { afterMs: 10 * MINUTE, provider: localBatch(live, { clock }) };
    const worker = scene.worker({ batchDeadline });
    const events = listenTo(worker);
    await worker.tick();
    server.batches.process(server.batches.jobs[0]?.id ?? "", 2);
    await scene.advance(10 * MINUTE);
    await worker.tick();
    expect(events.batchCanceled).toMatchObject([{ reason: "deadline" }]);
    server.batches.endAll();
    await scene.advance(MINUTE);
    await worker.tick();
    expect(events.batchCollected[0]).toMatchObject({ succeeded: 2, failed: { canceled: 3 } });
    expect(events.resultAnomaly).toEqual([]);
    await worker.stop();
  });
});
