import { StoreError, type DurableStore } from "@gro/queue";
import type { MigrateOutcome, PostgresStoreOptions } from "@gro/postgres-store";
import type { DatabasePlace } from "./database-place.js";
import { loadPackage } from "./load-package.js";

/** Nobody who keeps a queue in a directory needs it. */
function load() {
  return loadPackage(() => import("@gro/postgres-store"), ["@gro/postgres-store", "pg"]);
}

/** Where connections are shared by transaction, what is prepared on one is asked for on another, and nobody hears a notice. */
function optionsOf({ schema, pooling }: DatabasePlace): PostgresStoreOptions {
  const isOwn = pooling === "session";
  return { schema, preparedStatements: isOwn, listen: isOwn };
}

/** Does something with a store in a database, and closes it. The schema is made where it is missing. @throws StoreError */
export async function withDatabase<Outcome>(
  place: DatabasePlace,
  work: (store: DurableStore) => Promise<Outcome>,
): Promise<Outcome> {
  const { postgresStore } = await load();
  const store = postgresStore(place.url, optionsOf(place));
  try {
    // Nobody waits for a server that is not there, or not this one.
    await store.open();
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Does something with a queue in a database, and makes nothing. Answers `undefined` where there is none. @throws StoreError */
export async function withDatabaseAsItIs<Outcome>(
  place: DatabasePlace,
  work: (store: DurableStore) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  const { postgresStore } = await load();
  const store = postgresStore(place.url, { ...optionsOf(place), migrate: false });
  try {
    await store.open();
    return await work(store);
  } catch (error) {
    if (StoreError.isInstance(error) && error.context["version"] === 0) return undefined;
    throw error;
  } finally {
    await store.close();
  }
}

/** @throws StoreError */
export async function migrateDatabase({ url, schema }: DatabasePlace): Promise<MigrateOutcome> {
  const { migrate } = await load();
  return migrate(url, { schema });
}
