import { codeOf } from "../errors/sql-state.js";
import { StoreError } from "@gro/queue";
import { failed, mayNotMigrate, newerVersion } from "../errors/store-errors.js";
import { query } from "../connection/run.js";
import { number } from "../connection/row.js";
import type { PostgresClient, PostgresPool } from "../ports/postgres-pool.js";
import { tablesOf } from "../statements/schema.js";
import { checkServer } from "./check-server.js";
import { versionsOf } from "./versions.js";

/** What a migration came to. */
export interface MigrateOutcome {
  /** The version before: 0 where there was none. */
  readonly from: number;
  readonly to: number;
}

/**
 * Makes the schema, or brings it up to date, all of it or nothing. Any number of processes may do it at once: one does it, the others
 * wait for it.
 *
 * @throws StoreError `store_newer_version`, or `store_failed` as when this user may not
 */
export async function migrateSchema(pool: PostgresPool, schema: string): Promise<MigrateOutcome> {
  let client;
  try {
    client = await pool.connect();
  } catch (error) {
    throw failed("connect", error);
  }
  let isBroken = true;
  // A connection that breaks tells it twice: to the call, and as an event that would end the process.
  const ignore = () => undefined;
  client.on("error", ignore);
  try {
    const outcome = await inTransaction(client, () => bringUpToDate(client, schema));
    isBroken = false;
    return outcome;
  } catch (error) {
    if (StoreError.isInstance(error)) throw error;
    throw codeOf(error) === "42501"
      ? mayNotMigrate(schema, error)
      : failed(`migrate the schema ${schema}`, error);
  } finally {
    // It alone: the caller may have listeners of their own on their connections.
    client.removeListener?.("error", ignore);
    client.release(isBroken);
  }
}

async function inTransaction<Outcome>(
  client: PostgresClient,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  // Stricter levels go on seeing what was there at their first statement, which comes before the lock: not what another process has made
  // while this one waited for it.
  await query(client, { text: "BEGIN ISOLATION LEVEL READ COMMITTED" });
  try {
    const outcome = await work();
    await query(client, { text: "COMMIT" });
    return outcome;
  } catch (error) {
    await query(client, { text: "ROLLBACK" }).catch(() => undefined);
    throw error;
  }
}

async function bringUpToDate(client: PostgresClient, schema: string): Promise<MigrateOutcome> {
  const { migrations } = tablesOf(schema);
  await checkServer(client);
  await query(client, { text: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))" }, [
    `gro-summarizer/${schema}`,
  ]);
  const known = await query(client, { text: "SELECT 1 FROM pg_namespace WHERE nspname = $1" }, [schema]);
  // Even with IF NOT EXISTS it takes the right to make schemas, which a user of one that is there need not have.
  if (known.length === 0) await query(client, { text: `CREATE SCHEMA "${schema}"` });
  if (!(await hasMigrations(client, schema))) {
    await query(client, {
      text: `CREATE TABLE ${migrations} (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    });
  }
  const versions = versionsOf(schema);
  const from = await versionIn(client, schema);
  if (from > versions.length) throw newerVersion(schema, from, versions.length);
  for (const [index, statements] of versions.entries()) {
    if (index < from) continue;
    for (const text of statements) await query(client, { text });
    await query(client, { text: `INSERT INTO ${migrations} (version) VALUES ($1)` }, [index + 1]);
  }
  return { from, to: versions.length };
}

/** The version of a schema: 0 where there is none. */
export async function versionOf(client: PostgresClient, schema: string): Promise<number> {
  return (await hasMigrations(client, schema)) ? versionIn(client, schema) : 0;
}

async function hasMigrations(client: PostgresClient, schema: string): Promise<boolean> {
  const text =
    "SELECT 1 FROM pg_class AS tables JOIN pg_namespace AS schemas ON schemas.oid = tables.relnamespace " +
    "WHERE schemas.nspname = $1 AND tables.relname = 'migrations'";
  return (await query(client, { text }, [schema])).length > 0;
}

async function versionIn(client: PostgresClient, schema: string): Promise<number> {
  const { migrations } = tablesOf(schema);
  const [row] = await query(client, {
    text: `SELECT COALESCE(max(version), 0) AS version FROM ${migrations}`,
  });
  return row === undefined ? 0 : number(row, "version");
}
