/// <reference lib="esnext.disposable" />
import type { BatchLedger, DurableStore, NewQueueItem, PageIntake, PageStore } from "@gro/queue";
import type { Memo } from "@gro/summarizer";
import { Database } from "./connection/database.js";
import { openPool } from "./connection/own-pool.js";
import { migrateSchema, type MigrateOutcome } from "./migrations/migrate.js";
import {
  checkOptions,
  checkSchema,
  checkSource,
  resolveOptions,
  type PostgresStoreOptions,
} from "./options.js";
import { pagesOf } from "./pages/postgres-page-store.js";
import type { PostgresClient, PostgresPool } from "./ports/postgres-pool.js";
import { DEFAULT_SCHEMA } from "./statements/schema.js";
import { ledgerOf } from "./stores/postgres-batch-ledger.js";
import { memoOf } from "./stores/postgres-memo.js";
import { queueOf, type PostgresQueue } from "./stores/postgres-queue-store.js";
import { Retention, type Expired } from "./stores/retention.js";
import { Listener } from "./wake-up/listener.js";
import { Notifier } from "./wake-up/notifier.js";

/** A store in PostgreSQL, for any number of machines. `await using` closes it at the end of its block. */
export interface PostgresStore extends DurableStore, AsyncDisposable {
  readonly queue: PostgresQueue;
  readonly pages: PageStore;
  readonly memo: Memo;
  readonly ledger: BatchLedger;
  /**
   * Pages and queue as parts of a transaction of the caller's, for `enqueuePages` and `enqueueStored`: with the caller's own changes,
   * all of it is there at the commit or none; pages of the option `pages` live elsewhere and are saved at once. `client` must be in a transaction, and is used for one statement at a time. Nobody can
   * tell before a `BEGIN` that is under way is answered, so that this is not checked: outside of a transaction each statement stands by itself.
   *
   * @throws InvalidOptionError for a pool, and for what is no client
   */
  inTransaction(client: PostgresClient): PageIntake;
  /** Sees to it that the server can be reached and the schema is there; the first call does so too. @throws StoreError */
  open(): Promise<void>;
  /** Clears away what is older than its retention, in small parts. One process does it once an hour by itself. */
  expire(): Promise<Expired>;
  /**
   * Ends the calls that have begun, and resolves when they have ended, also when it is called again. Later calls are refused with
   * `store_closed`. A pool of the caller's stays open.
   */
  close(): Promise<void>;
}

/**
 * Everything that hosts and workers share, in a PostgreSQL of version 13 or later.
 *
 * Nothing is opened here. The first call checks the schema, and makes it where it is missing. A promise that resolves means
 * that the change is committed. Leases and delays go by the database's clock, whatever the clocks of the workers say.
 *
 * Calls reject with a `StoreError`: `store_failed` when the server refuses something or cannot be reached, with `isRetryable` where
 * later is better, and `store_newer_version` for a schema of a later version. Never with a password in it.
 *
 * @param connection a pool of `pg`, which stays the caller's to end and to listen to for errors; or a URL such as
 *   `postgres://user:password@host:5432/database`, for which the store makes a pool of 10 connections
 * @throws InvalidOptionError
 */
export function postgresStore(
  connection: PostgresPool | string,
  options: PostgresStoreOptions = {},
): PostgresStore {
  const database = new Database(checkSource(connection), resolveOptions(options));
  const notifier = new Notifier(database);
  const listener = new Listener(database);
  const retention = new Retention(database);
  const queue = queueOf(database, { notifier, listener, retention });
  const { pages = pagesOf(database) } = database.options;

  let closing: Promise<void> | undefined;
  /** Whoever closes it a second time waits for the first. */
  const close = () => (closing ??= closeAll());
  async function closeAll(): Promise<void> {
    listener.close();
    await notifier.close();
    await database.close();
    await retention.settle();
  }

  return {
    ...{ queue, pages, memo: memoOf(database, retention), ledger: ledgerOf(database) },
    inTransaction(client) {
      const run = database.runOn(client);
      return {
        pages: database.options.pages ?? pagesOf(database, run),
        queue: { enqueue: (items: readonly NewQueueItem[]) => queue.enqueue(items, { client }) },
      };
    },
    open: () => database.open(),
    expire: () => retention.expire(),
    ...{ close, [Symbol.asyncDispose]: close },
  };
}

/**
 * Makes the schema, or brings it up to date, all of it or nothing. Any number of processes may do it at once. Needs the right to make
 * schemas in the database, the first time.
 *
 * @throws InvalidOptionError
 * @throws StoreError `store_newer_version` for a schema of a later version, else `store_failed`
 */
export async function migrate(
  connection: PostgresPool | string,
  options: Pick<PostgresStoreOptions, "schema"> = {},
): Promise<MigrateOutcome> {
  const source = checkSource(connection);
  const { schema = DEFAULT_SCHEMA } = checkOptions(options);
  const name = checkSchema(schema);
  if (typeof source !== "string") return migrateSchema(source, name);
  const pool = await openPool(source);
  try {
    return await migrateSchema(pool, name);
  } finally {
    await pool.end();
  }
}
