import { StoreError } from "@gro/queue";
import { number, text } from "../connection/row.js";
import { query } from "../connection/run.js";
import { failed, newerVersion, notDurable, notMigrated, tooOld } from "../errors/store-errors.js";
import type { ResolvedOptions } from "../options.js";
import type { PostgresPool } from "../ports/postgres-pool.js";
import { migrateSchema, versionOf } from "./migrate.js";
import { versionsOf } from "./versions.js";

const LEAST_SERVER_VERSION = 130_000;

/** Whether a store can keep its promises here; makes the schema where it may. @throws StoreError */
export async function ready(pool: PostgresPool, { schema, migrate }: ResolvedOptions): Promise<void> {
  const version = await look(pool, schema);
  const known = versionsOf(schema).length;
  if (version > known) throw newerVersion(schema, version, known);
  if (version === known) return;
  if (!migrate) throw notMigrated(schema, version, known);
  await migrateSchema(pool, schema);
}

async function look(pool: PostgresPool, schema: string): Promise<number> {
  try {
    const [server] = await query(pool, {
      text:
        "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version, " +
        "current_setting('synchronous_commit') AS synchronous_commit",
    });
    if (server !== undefined) {
      if (number(server, "number") < LEAST_SERVER_VERSION) throw tooOld(text(server, "version"));
      const setting = text(server, "synchronous_commit");
      if (setting === "off") throw notDurable(setting);
    }
    return await versionOf(pool, schema);
  } catch (error) {
    throw StoreError.isInstance(error) ? error : failed("open the store", error);
  }
}
