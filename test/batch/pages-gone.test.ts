import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { BatchWorker } from "@gro/batch";
import { fileStore } from "@gro/file-store";
import { enqueuePages } from "@gro/queue";
import { prose } from "../support/prose.js";
import { handClock } from "./support/hand-clock.js";
import { listenTo, MINUTE, pageOf, tokenizer } from "./support/scene.js";
import { scriptedBatches } from "./support/scripted-batches.js";

const PAGES = 40;

/** Pages on disk, with a worker on them. */
async function onDisk() {
  const directory = await mkdtemp(join(tmpdir(), "gro-pages-"));
  const clock = handClock();
  const pagesDirectory = join(directory, "pages");
  const store = fileStore(join(directory, "queue"), { clock, pagesDirectory });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  const provider = scriptedBatches({ clock });
  await enqueuePages(
    store,
    Array.from({ length: PAGES }, (_, page) => pageOf(`page-${page}`, prose(90, page + 1))),
  );
  const worker = () =>
    new BatchWorker({
      ...{ store, provider, tokenizer, clock, random: () => 0.5 },
      ...{ pollIntervalMs: MINUTE, batchPollIntervalMs: MINUTE },
      defaults: { targetTokens: 60, chunkSize: 256, tokenMax: 600 },
    });
  return { store, clock, provider, worker, pagesDirectory, aside: `${pagesDirectory}.aside` };
}

const NO_PAGE = { code: "store_failed", message: expect.stringContaining("not a single page") as string };

it("pages whose directory goes away under the worker are not given up, and go on when it is back", async () => {
  const { store, clock, provider, worker: make, pagesDirectory, aside } = await onDisk();
  const worker = make();
  await worker.tick();
  await rename(pagesDirectory, aside);
  for (let minutes = 0; minutes < 5; minutes += 1) {
    clock.advance(MINUTE);
    await worker.tick().catch((error: unknown) => expect(error).toMatchObject(NO_PAGE));
  }
  expect(await store.queue.stats()).toMatchObject({ dead: 0 });
  await rename(aside, pagesDirectory);
  for (let minutes = 0; minutes < 3; minutes += 1) {
    clock.advance(MINUTE);
    await worker.tick();
  }
  expect(await store.queue.stats()).toMatchObject({ dead: 0, ready: 0, waiting: 0 });
  expect(provider.submissions[0]).toBe(PAGES);
  expect([...provider.billed.values()].every((times) => times === 1)).toBe(true);
  expect((await store.pages.read("page-7"))?.page.summary).toBeTypeOf("string");
});

it("an empty directory in the place of the pages ends a drain with an error, and no page", async () => {
  const { store, worker, pagesDirectory, aside } = await onDisk();
  await rename(pagesDirectory, aside);
  await mkdir(pagesDirectory);
  await expect(worker().drain()).rejects.toMatchObject(NO_PAGE);
  expect(await store.queue.stats()).toMatchObject({ dead: 0 });
});

it("a page that is missing among others is given up as ever", async () => {
  const { store, clock, worker: make, pagesDirectory } = await onDisk();
  await rm(join(pagesDirectory, "page-7.json"));
  const worker = make();
  const events = listenTo(worker);
  await worker.tick();
  clock.advance(MINUTE);
  await worker.tick();
  expect(events.itemDeadLettered).toMatchObject([{ pageId: "page-7", code: "page_missing" }]);
  expect(await store.queue.stats()).toMatchObject({ dead: 1 });
});
