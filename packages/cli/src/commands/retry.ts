import type { DurableStore } from "@gro/queue";
import type { Arguments, FlagTable } from "../arguments.js";
import { defineCommand } from "../command.js";
import type { Session } from "../environment.js";
import { counted } from "../figures.js";
import { MessageOutput } from "../message-output.js";
import { shownPlace, withQueueAsItIs } from "../open-store.js";
import { PartFailure } from "../part-failure.js";
import { writeText } from "../write-text.js";
import { QUEUE_FLAGS, queuePlaceFrom } from "./store-flags.js";

const RETRY_FLAGS = {
  ...QUEUE_FLAGS,
  json: { help: "print the pages as one JSON object" },
} as const satisfies FlagTable;

/** What became of a request to try again. */
interface Retried {
  /** Pages that wait again, the one that has been dead longest first. */
  readonly pageIds: readonly string[];
  /** Pages that were asked for and have no dead letter. */
  readonly unknown: readonly string[];
}

async function retryIn({ queue }: Pick<DurableStore, "queue">, wanted: readonly string[]): Promise<Retried> {
  const dead = (await queue.deadLetters()).map(({ item }) => item);
  const chosen = wanted.length === 0 ? dead : dead.filter(({ pageId }) => wanted.includes(pageId));
  await queue.retry(chosen.map(({ id }) => id));
  const pageIds = [...new Set(chosen.map(({ pageId }) => pageId))];
  return { pageIds, unknown: wanted.filter((pageId) => !pageIds.includes(pageId)) };
}

async function retry(given: Arguments<keyof typeof RETRY_FLAGS>, session: Session): Promise<void> {
  const { environment, secrets } = session;
  const { stdout } = environment;
  const output = new MessageOutput(environment.stderr, { secrets });
  const place = queuePlaceFrom(given, session);
  const wanted = [...new Set(given.positionals)];
  const retried = await withQueueAsItIs(place, session, (store) => retryIn(store, wanted));
  if (retried === undefined) output.notice(`${shownPlace(place)}: nothing was ever queued here.`);
  const { pageIds, unknown } = retried ?? { pageIds: [], unknown: wanted };

  if (given.has("json")) await writeText(stdout, `${JSON.stringify({ pageIds, unknown })}\n`);
  else await writeText(stdout, pageIds.map((pageId) => `${pageId}\n`).join(""));
  for (const pageId of unknown) output.error(`${pageId}: there is no dead letter of this page.`);
  if (unknown.length === 0) output.notice(`${counted(pageIds.length, "page")} queued again.`);
  else if (pageIds.length === 0) throw new PartFailure("Nothing was queued again.");
  else throw new PartFailure(`${unknown.length} of ${wanted.length} pages could not be queued again.`);
}

export const retryCommand = defineCommand(
  {
    name: "retry",
    operands: "[PAGE_ID...]",
    summary: "queue dead letters again, when what ended them is mended",
    description: [
      "Puts pages that ended without a summary back into the queue, those named or all, and prints their",
      "ids. Why they ended, status tells. What was paid for is not paid again.",
    ],
    flags: RETRY_FLAGS,
  },
  retry,
);
