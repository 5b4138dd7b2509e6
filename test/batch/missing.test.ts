import { describe, expect, it, onTestFinished } from "vitest";
import type { Fault } from "../emulators/index.js";
import { prose } from "../support/prose.js";
import { PROVIDERS, type Start } from "./support/emulated.js";
import { handClock } from "./support/hand-clock.js";
import { listenTo, makeScene, MINUTE } from "./support/scene.js";

const STATUS = /\/batches\/[^/]+$/u;
const LIST = /\/batches(\?|$)/u;
const DAY = 24 * 60 * MINUTE;

const PAGE: Fault = {
  ...{ kind: "status", status: 404, headers: { "content-type": "text/plain" } },
  body: "<html><body>Nothing here</body></html>",
};

/** A batch that is out while what `told` says goes wrong with questions. */
async function sceneOut(start: Start, told: (path: string) => Fault | undefined) {
  const scene: { isWrong: boolean } = { isWrong: false };
  const { server, provider } = await start({
    cue: ({ method, path }) => (scene.isWrong && method === "GET" ? told(path) : undefined),
    batches: { endsAfterLooks: 1_000_000 },
  });
  onTestFinished(() => server.close());
  const made = makeScene({}, { provider, clock: handClock() });
  return { ...made, server, provider, scene };
}

const own = (name: string): Fault =>
  name === "Anthropic"
    ? { kind: "status", status: 404, type: "not_found_error", words: "Message batch not found" }
    : { kind: "status", status: 404, type: "invalid_request_error", words: "No batch found with this id." };

describe.each(PROVIDERS)("a batch of %s that is out, while its status answers 404", (name, start) => {
  it("is not given up for an answer that is not the API's, and is used when that is mended", async () => {
    const { scene, server, ...made } = await sceneOut(start, () => PAGE);
    await made.add("page", prose(90));
    const worker = made.worker({ orphanGraceMs: 2 * MINUTE });
    await worker.tick();
    scene.isWrong = true;
    for (let minutes = 0; minutes < 3 * 60; minutes += 1) {
      await made.advance(MINUTE);
      await worker.tick();
    }
    expect(server.batches.jobs).toHaveLength(1);
    scene.isWrong = false;
    server.batches.endAll();
    await made.runToEnd(worker, 10);
    expect(server.batches.jobs).toHaveLength(1);
    expect((await made.page("page"))?.summary).toBeTypeOf("string");
  });

  it("is not given up for one such answer of the API's own, however old it is", async () => {
    const { scene, server, ...made } = await sceneOut(start, (path) =>
      STATUS.test(path) ? own(name) : undefined,
    );
    await made.add("page", prose(90));
    await made.worker({ orphanGraceMs: MINUTE }).tick();
    await made.advance(60 * MINUTE);
    scene.isWrong = true;
    await made.worker({ orphanGraceMs: MINUTE }).tick();
    scene.isWrong = false;
    await made.advance(60 * MINUTE);
    await made.worker({ orphanGraceMs: MINUTE }).tick();
    // The first was forgotten meanwhile.
    scene.isWrong = true;
    await made.advance(60 * MINUTE);
    await made.worker({ orphanGraceMs: MINUTE }).tick();
    const [batch] = await made.store.ledger.openBatches();
    expect(batch?.submission).toMatchObject({ kind: "submitted", missingLooks: 1 });
    expect(server.batches.jobs).toHaveLength(1);
  });

  it("is not given up while the API lists it, or cannot list any", async () => {
    let listing: Fault | undefined = PAGE;
    const { scene, server, ...made } = await sceneOut(start, (path) =>
      LIST.test(path) ? listing : STATUS.test(path) ? own(name) : undefined,
    );
    await made.add("page", prose(90));
    const worker = made.worker({ orphanGraceMs: MINUTE });
    const events = listenTo(worker);
    await worker.tick();
    scene.isWrong = true;
    for (let minutes = 0; minutes < 40; minutes += 1) {
      if (minutes === 20) listing = undefined;
      await made.advance(MINUTE);
      await worker.tick();
    }
    expect(server.batches.jobs).toHaveLength(1);
    expect(events.error.at(-1)?.message).toContain("lists it all the same");
  });

  it("is asked anew when it is gone, after the grace and by workers that were killed in between", async () => {
    const { server, ...made } = await sceneOut(start, () => undefined);
    await made.add("page", prose(90));
    await made.worker().tick();
    server.batches.vanish(server.batches.jobs[0]?.id ?? "");
    for (let looks = 0; looks < 10; looks += 1) {
      await made.advance(MINUTE);
      await made.worker({ orphanGraceMs: 4 * MINUTE }).tick();
      expect(server.batches.jobs).toHaveLength(looks < 4 ? 1 : 2);
    }
  });

  it("is not given up while others are not known either, before a day is over", async () => {
    const { server, ...made } = await sceneOut(start, () => undefined);
    const worker = made.worker({ orphanGraceMs: 2 * MINUTE });
    const events = listenTo(worker);
    for (const id of ["one", "two"]) {
      await made.add(id, prose(90, id.length + id.charCodeAt(0)));
      await worker.tick();
      await made.advance(MINUTE);
    }
    // As it is with the key of another account.
    for (const { id } of server.batches.jobs) server.batches.vanish(id);
    for (let minutes = 0; minutes < 20 * 60; minutes += 20) {
      await made.advance(20 * MINUTE);
      await worker.tick();
    }
    expect(server.batches.jobs).toHaveLength(2);
    expect(events.error.at(-1)?.message).toContain("do the key and the base URL still lead to the account");
    await made.advance(DAY);
    await worker.tick();
    await made.advance(MINUTE);
    await worker.tick();
    expect(server.batches.jobs.length).toBeGreaterThan(2);
  });
});
