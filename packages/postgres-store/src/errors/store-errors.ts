import { StoreError } from "@gro/queue";
import { DEFAULT_SCHEMA } from "../statements/schema.js";
import { troubleOf } from "./sql-state.js";

/** Something that the database would not do. @param doing for example "claim items" */
export function failed(doing: string, error: unknown): StoreError {
  const { reason, isRetryable, code } = troubleOf(error);
  return new StoreError({
    code: "store_failed",
    message: `PostgreSQL: cannot ${doing}: ${reason}.`,
    isRetryable,
    context: { doing, reason, sqlState: code },
    cause: error,
  });
}

/** Somebody's transaction holds what is to be changed, and stays open. */
export function busy(doing: string): StoreError {
  const reason = "a transaction that is still open is busy with it";
  return new StoreError({
    code: "store_failed",
    message: `PostgreSQL: cannot ${doing}: ${reason}.`,
    isRetryable: true,
    context: { doing, reason },
  });
}

export function notInstalled(cause: unknown): StoreError {
  return new StoreError({
    code: "store_failed",
    message: "PostgreSQL: the package pg is missing. Install it with: npm install pg",
    cause,
  });
}

/** @param version the schema's own */
export function newerVersion(schema: string, version: number, known: number): StoreError {
  return new StoreError({
    code: "store_newer_version",
    message: `The schema ${schema} has version ${version}, and this program knows ${known}: update @gro/postgres-store.`,
    context: { schema, version, known },
  });
}

export function notMigrated(schema: string, version: number, known: number): StoreError {
  const has = version === 0 ? "is not there" : `has version ${version}`;
  return new StoreError({
    code: "store_failed",
    message: `PostgreSQL: the schema ${schema} ${has}, and this program needs version ${known}: run \`${commandFor(schema)}\`.`,
    context: { schema, version, known },
  });
}

/** A transaction of the caller's came before the schema was there. */
export function unopened(schema: string, version: number, known: number): StoreError {
  const has = version === 0 ? "is not there yet" : `has version ${version} of ${known}`;
  return new StoreError({
    code: "store_failed",
    message:
      `PostgreSQL: the schema ${schema} ${has}, and is not made in a transaction of yours: ` +
      "call `await store.open()` before the transaction begins.",
    context: { schema, version, known },
  });
}

/** @param schema a name that needs no quoting */
function commandFor(schema: string): string {
  return schema === DEFAULT_SCHEMA ? "gro-summarizer migrate" : `gro-summarizer migrate --schema ${schema}`;
}

export function mayNotMigrate(schema: string, cause: unknown): StoreError {
  return new StoreError({
    code: "store_failed",
    message:
      `PostgreSQL: this user may not make or change the schema ${schema}. Let one who may run ` +
      `\`${commandFor(schema)}\` once, and grant this one the use of it.`,
    context: { schema, sqlState: "42501" },
    cause,
  });
}

export function tooOld(version: string): StoreError {
  return new StoreError({
    code: "store_failed",
    message: `PostgreSQL ${version} is too old: the store needs 13 or later.`,
    context: { version },
  });
}

/** An answer that was paid for could not be kept. */
export function wrongEncoding(encoding: string): StoreError {
  return new StoreError({
    code: "store_failed",
    message:
      `PostgreSQL: this database has the encoding ${encoding}, which cannot hold every text. ` +
      "Use one that was made with ENCODING 'UTF8'.",
    context: { encoding },
  });
}

/** What was acknowledged would be lost when the server crashes, and batches paid for twice. */
export function notDurable(setting: string): StoreError {
  return new StoreError({
    code: "store_failed",
    message:
      `PostgreSQL: synchronous_commit is ${setting}, so a crash of the server would lose what it has acknowledged. ` +
      "Set it to on for this user: ALTER ROLE … SET synchronous_commit = on.",
    context: { setting },
  });
}

export function closed(): StoreError {
  return new StoreError({ code: "store_closed", message: "The store is closed." });
}

/** Something in the database that this store has not put there. */
export function corrupt(what: string, id: string, why: string): StoreError {
  return new StoreError({
    code: "store_corrupt",
    message: `PostgreSQL: ${what} ${id} is damaged: ${why}. Restore it from a backup.`,
    context: { what, id },
  });
}

/** Texts that stand for something cannot hold what PostgreSQL cannot store in a text. */
export function unstorable(what: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `PostgreSQL cannot keep a ${what} with a NUL character or half a surrogate pair in it.`,
    context: { what },
  });
}

/** Indexes hold no longer ones, and a statement that has one fails for all that go with it. */
export function tooLong(what: string, mostBytes: number): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `PostgreSQL cannot keep a ${what} of more than ${mostBytes} bytes.`,
    context: { what, mostBytes },
  });
}
