import { StoreError } from "@gro/queue";
import { failed, newerVersion, notMigrated, unopened } from "../errors/store-errors.js";
import type { ResolvedOptions } from "../options.js";
import type { PostgresClient, PostgresPool } from "../ports/postgres-pool.js";
import { checkCommits, checkServer } from "./check-server.js";
import { migrateSchema, versionOf } from "./migrate.js";
import { versionsOf } from "./versions.js";

/** Whether a store can keep its promises here; makes the schema where it may. @throws StoreError */
export async function ready(pool: PostgresPool, options: ResolvedOptions): Promise<void> {
  const { schema, migrate } = options;
  const version = await look(pool, options, "open the store");
  const known = versionsOf(schema).length;
  if (version === known) return;
  if (!migrate) throw notMigrated(schema, version, known);
  await migrateSchema(pool, schema);
}

/**
 * The same in a transaction of a caller's, in which no schema is made: it would go with the transaction.
 *
 * @param doing what it is for
 * @throws StoreError
 */
export async function readyWithin(
  client: PostgresClient,
  options: ResolvedOptions,
  doing: string,
): Promise<void> {
  const { schema, migrate } = options;
  const version = await look(client, options, doing);
  const known = versionsOf(schema).length;
  if (version !== known)
    throw migrate ? unopened(schema, version, known) : notMigrated(schema, version, known);
}

/** The version of the schema. @throws StoreError for one of a later version, too */
async function look(client: PostgresClient, { schema }: ResolvedOptions, doing: string): Promise<number> {
  try {
    await checkServer(client);
    await checkCommits(client);
    const version = await versionOf(client, schema);
    const known = versionsOf(schema).length;
    if (version > known) throw newerVersion(schema, version, known);
    return version;
  } catch (error) {
    throw StoreError.isInstance(error) ? error : failed(doing, error);
  }
}
