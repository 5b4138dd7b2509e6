import { setTimeout as pause } from "node:timers/promises";
import { enqueuePages, type Page } from "@gro/queue";
import { editedPageOf, pageOf, REQUEST } from "../../kill/pages.js";
import { openStore, readSettings } from "./settings.js";

/** Queues pages one by one, edits some, and says which of them are acknowledged; what the store could not take for now, it brings again. */
const settings = readSettings();
const store = openStore(settings);
const { from, to, pauseMs } = settings.pages ?? { from: 0, to: 0, pauseMs: 0 };

async function bring(page: Page): Promise<void> {
  for (;;) {
    try {
      await enqueuePages(store, [page], REQUEST);
      return;
    } catch (error) {
      process.stderr.write(`page ${page.label}: ${String(error)}\n`);
      await pause(100);
    }
  }
}

for (let index = from; index < to; index += 1) {
  await bring(pageOf(index));
  // Some are edited while workers have them, and of these some are soon as they were before. Whoever is killed meanwhile does it again.
  const earlier = index - 3;
  if (index % 5 === 4) await bring(editedPageOf(earlier));
  if (index % 10 === 9) await bring(pageOf(earlier));
  process.stdout.write(`${index}\n`);
  await pause(pauseMs);
}
await store.close();
