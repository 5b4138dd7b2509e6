import type { FlagTable } from "../arguments.js";
import { defineCommand } from "../command.js";
import { MessageOutput } from "../message-output.js";
import { shownPlace, withQueueAsItIs } from "../open-store.js";
import { queueFileStanding } from "../queue-file.js";
import { NOTHING_QUEUED, queueStanding } from "../queue-standing.js";
import { queueTotals } from "../queue-totals.js";
import { writeText } from "../write-text.js";
import { statusText } from "./status-text.js";
import { QUEUE_FLAGS, queuePlaceFrom, refuseOperands } from "./store-flags.js";

const STATUS_FLAGS = {
  ...QUEUE_FLAGS,
  json: { help: "print it as one JSON object" },
} as const satisfies FlagTable;

export const statusCommand = defineCommand(
  {
    name: "status",
    operands: "",
    summary: "say what is queued, what is out in batches and what has failed",
    description: [
      "Says what a queue holds: pages by state, batches that are out with a provider, and dead letters:",
      "pages that ended without a summary, and why; then what the workers of the queue have done so far,",
      "and what it cost. Changes nothing, and may be asked while workers run.",
    ],
    flags: STATUS_FLAGS,
  },
  async (given, session) => {
    const { environment, secrets } = session;
    const { stdout, stderr, clock } = environment;
    refuseOperands("status", given);
    const place = queuePlaceFrom(given, session);
    const found =
      queueFileStanding(place, session) ??
      (await withQueueAsItIs(place, session, (store) => queueStanding(store, clock.now())));
    if (found === undefined) {
      new MessageOutput(stderr, { secrets }).notice(`${shownPlace(place)}: nothing was ever queued here.`);
    }
    const standing = { ...(found ?? NOTHING_QUEUED), totals: await queueTotals(place) };
    await writeText(stdout, given.has("json") ? `${JSON.stringify(standing)}\n` : statusText(standing));
  },
);
