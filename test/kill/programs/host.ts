import { setTimeout as pause } from "node:timers/promises";
import { enqueuePages } from "@gro/queue";
import { editedPageOf, pageOf, REQUEST } from "../pages.js";
import { openStore, readSettings } from "./setup.js";

/** Queues pages one by one, and says which of them are acknowledged; where it edits pages, with those edits that are due by then. */
const settings = readSettings();
const store = openStore(settings);
const { from, to, pauseMs, edited } = settings.pages ?? { from: 0, to: 0, pauseMs: 0 };
for (let index = from; index < to; index += 1) {
  await enqueuePages(store, [pageOf(index)], REQUEST);
  // A page is edited while its first batch is out, as far as one can say.
  const due = index - 3;
  const isEdited = edited !== undefined && due >= edited.from && due < edited.to;
  if (isEdited && due % 4 === 0) await enqueuePages(store, [editedPageOf(due)], REQUEST);
  process.stdout.write(`${index}\n`);
  await pause(pauseMs);
}
await store.close();
