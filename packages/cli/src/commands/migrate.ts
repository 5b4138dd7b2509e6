import type { FlagTable } from "../arguments.js";
import { defineCommand } from "../command.js";
import { databasePlace, warnOfVisiblePassword } from "../database-place.js";
import { MessageOutput } from "../message-output.js";
import { migrateDatabase } from "../open-database.js";
import { writeText } from "../write-text.js";
import { DATABASE_FLAGS, refuseOperands } from "./store-flags.js";

const MIGRATE_FLAGS = {
  "database-url": {
    ...DATABASE_FLAGS["database-url"],
    help: "where it is, such as postgres://user@host:5432/db",
  },
  schema: DATABASE_FLAGS.schema,
  pooling: DATABASE_FLAGS.pooling,
  json: { help: "print the versions as one JSON object" },
} as const satisfies FlagTable;

export const migrateCommand = defineCommand(
  {
    name: "migrate",
    operands: "",
    summary: "make the tables in a PostgreSQL, or bring them up to date",
    description: [
      "Makes the schema with the tables of a queue, or brings it up to date. Workers and enqueue do it",
      "themselves where they may; run it once as a user who may make schemas where they may not. Any number",
      "of them may run at the same time.",
    ],
    flags: MIGRATE_FLAGS,
  },
  async (given, session) => {
    const { stdout, stderr } = session.environment;
    const output = new MessageOutput(stderr, { secrets: session.secrets });
    refuseOperands("migrate", given);
    const place = databasePlace(given);
    warnOfVisiblePassword(given, output);
    const { from, to } = await migrateDatabase(place);
    if (given.has("json")) await writeText(stdout, `${JSON.stringify({ from, to })}\n`);
    output.notice(
      `${place.shownAs}: ${from === to ? `up to date, version ${to}` : `version ${from} is now ${to}`}.`,
    );
  },
);
