/** All that is ever put into the text of a statement: a name that needs no quoting, and is quoted. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,40}$/u;

export const DEFAULT_SCHEMA = "gro";

export function isSchemaName(name: unknown): name is string {
  return typeof name === "string" && SCHEMA_NAME.test(name);
}

/** The tables of a schema, as statements name them. */
export interface Tables {
  readonly items: string;
  readonly itemNumbers: string;
  readonly pages: string;
  readonly completions: string;
  readonly batches: string;
  readonly batchKeys: string;
  readonly keyFailures: string;
  readonly failureNumbers: string;
  readonly upkeep: string;
  readonly migrations: string;
}

/** @throws RangeError for a name that was not checked before */
export function tablesOf(schema: string): Tables {
  if (!isSchemaName(schema)) throw new RangeError("No name of a schema");
  const named = (table: string) => `"${schema}".${table}`;
  return {
    items: named("items"),
    itemNumbers: named("item_numbers"),
    pages: named("pages"),
    completions: named("completions"),
    batches: named("batches"),
    batchKeys: named("batch_keys"),
    keyFailures: named("key_failures"),
    failureNumbers: named("failure_numbers"),
    upkeep: named("upkeep"),
    migrations: named("migrations"),
  };
}

/** The channel on which a schema's workers are woken. */
export function channelOf(schema: string): string {
  return `${schema}_claimable`;
}

/**
 * The time in milliseconds since the epoch: that of the first parameter, or where it is null the database's. The same all through a
 * statement. As a query of its own it is worked out once and not for every row, and indexes can be used with it.
 */
export const NOW =
  "(SELECT COALESCE($1::bigint, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint))";

/** One of the texts of a parameter. The server does not see how many there are, and so always comes to them by an index. */
export function among(parameter: string): string {
  return `ANY (ARRAY(SELECT unnest(${parameter}::text[])))`;
}

/**
 * Whether a time lies so far ahead that a clock has written it that was ahead, and has been set right since. Small differences between
 * those who write at once are none.
 */
export function isAhead(column: string): string {
  return `${column} > ${NOW} + 60000`;
}

/**
 * Whether a lease or a delay was begun by a clock that was ahead and has been set right since, as `isFromAhead` of `@gro/queue` says. It is
 * not over then. The first condition alone finds it by an index: with one on its end, the server might read all that are not over.
 *
 * @param endsAt the column of its end; that of its beginning is `rests_since`
 */
export function isFromAhead(endsAt: "claimable_at" | "due_at"): string {
  return `${isAhead("rests_since")} AND rests_since - ${NOW} > ${endsAt} - rests_since`;
}
