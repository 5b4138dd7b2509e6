import { resolve } from "node:path";
import type { Arguments, FlagTable } from "../arguments.js";
import type { Session } from "../environment.js";
import { databasePlace, type DatabasePlace } from "../database-place.js";
import type { QueuePlace, StorePath, StorePlace } from "../open-store.js";
import { UsageError } from "../usage-error.js";

export const DATABASE_FLAGS = {
  "database-url": {
    value: "URL",
    variable: "DATABASE_URL",
    isSecret: true,
    help: "a PostgreSQL in place of directories; QUEUE_PATH goes first",
  },
  schema: {
    value: "NAME",
    variable: "DATABASE_SCHEMA",
    help: "the schema with its tables, in place of gro",
  },
  pooling: {
    value: "MODE",
    variable: "DATABASE_POOLING",
    help: "transaction: the URL leads to a PgBouncer in that mode",
  },
} as const satisfies FlagTable;

export const QUEUE_FLAGS = {
  "queue-path": { value: "Q", variable: "QUEUE_PATH", help: "the directory of the queue" },
  ...DATABASE_FLAGS,
} as const satisfies FlagTable;

export const STORE_FLAGS = {
  "queue-path": QUEUE_FLAGS["queue-path"],
  "pages-dir": { value: "P", variable: "PAGES_DIR", help: "the directory of the pages, one file each" },
  ...DATABASE_FLAGS,
} as const satisfies FlagTable;

function pathFrom<Name extends string>(
  given: Arguments<Name>,
  name: Name,
  { value = "", variable = "" }: { readonly value?: string; readonly variable?: string },
  { environment }: Session,
): StorePath {
  const shownAs = given.text(name);
  if (shownAs === undefined) {
    throw new UsageError(
      `--${name} is missing: add --${name} ${value}, or set the environment variable ${variable}.`,
    );
  }
  const origin = given.originOf(name);
  if (shownAs.includes("\0")) throw new UsageError(`${origin} has a NUL character in it.`);
  return { path: resolve(environment.workingDirectory, shownAs), shownAs, origin };
}

/** @throws UsageError when neither flag nor variable names it. */
export function queuePlaceFrom(given: Arguments<keyof typeof QUEUE_FLAGS>, session: Session): QueuePlace {
  const database = databaseFrom(given, given.has("queue-path"));
  if (database !== undefined) return database;
  return { kind: "files", queue: pathFrom(given, "queue-path", QUEUE_FLAGS["queue-path"], session) };
}

/** @throws UsageError when neither flags nor variables name it. */
export function storePlaceFrom(given: Arguments<keyof typeof STORE_FLAGS>, session: Session): StorePlace {
  const database = databaseFrom(given, given.has("queue-path") || given.has("pages-dir"));
  if (database !== undefined) return database;
  const queue = pathFrom(given, "queue-path", STORE_FLAGS["queue-path"], session);
  return { kind: "files", queue, pages: pathFrom(given, "pages-dir", STORE_FLAGS["pages-dir"], session) };
}

/** The database, where one is named and no directories are: a flag goes before a variable, and `QUEUE_PATH` before `DATABASE_URL`. */
function databaseFrom(
  given: Arguments<"queue-path" | keyof typeof DATABASE_FLAGS>,
  namesDirectories: boolean,
): DatabasePlace | undefined {
  const place = namedDatabase(given, namesDirectories);
  if (place === undefined && given.has("schema")) {
    throw new UsageError("--schema goes with --database-url: directories have none.");
  }
  if (place === undefined && given.has("pooling")) {
    throw new UsageError("--pooling goes with --database-url: directories have no connections.");
  }
  return place;
}

function namedDatabase(
  given: Arguments<"queue-path" | keyof typeof DATABASE_FLAGS>,
  namesDirectories: boolean,
): DatabasePlace | undefined {
  if (given.has("database-url")) {
    if (!namesDirectories) return databasePlace(given);
    throw new UsageError("--database-url stands in place of --queue-path and --pages-dir: give it or them.");
  }
  if (namesDirectories || given.text("queue-path") !== undefined) return undefined;
  return given.text("database-url") === undefined ? undefined : databasePlace(given);
}

/** For commands that take nothing but flags. */
export function refuseOperands(command: string, { positionals }: Pick<Arguments, "positionals">): void {
  if (positionals.length > 0)
    throw new UsageError(`${command} takes flags only, got: ${positionals.join(", ")}.`);
}
