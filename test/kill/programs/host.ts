import { setTimeout as pause } from "node:timers/promises";
import { enqueuePages } from "@gro/queue";
import { pageOf, REQUEST } from "../pages.js";
import { openStore, readSettings } from "./setup.js";

/** Queues pages one by one, and says which of them are acknowledged. */
const settings = readSettings();
const store = openStore(settings);
const { from, to, pauseMs } = settings.pages ?? { from: 0, to: 0, pauseMs: 0 };
for (let index = from; index < to; index += 1) {
  await enqueuePages(store, [pageOf(index)], REQUEST);
  process.stdout.write(`${index}\n`);
  await pause(pauseMs);
}
await store.close();
