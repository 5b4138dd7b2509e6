import { setTimeout as pause } from "node:timers/promises";
import { enqueuePages } from "@gro/queue";
import { pageOf, REQUEST } from "../../kill/pages.js";
import { openStore, readSettings } from "./settings.js";

/** Queues pages one by one, and says which of them are acknowledged; what the store could not take for now, it brings again. */
const settings = readSettings();
const store = openStore(settings);
const { from, to, pauseMs } = settings.pages ?? { from: 0, to: 0, pauseMs: 0 };

async function bring(index: number): Promise<void> {
  for (;;) {
    try {
      await enqueuePages(store, [pageOf(index)], REQUEST);
      return;
    } catch (error) {
      process.stderr.write(`page ${index}: ${String(error)}\n`);
      await pause(100);
    }
  }
}

for (let index = from; index < to; index += 1) {
  await bring(index);
  process.stdout.write(`${index}\n`);
  await pause(pauseMs);
}
await store.close();
