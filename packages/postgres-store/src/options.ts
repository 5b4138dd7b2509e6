import { memoRetentionOf, type PageStore, type StoreEnvironment } from "@gro/queue";
import { InvalidOptionError } from "@gro/summarizer";
import { wholeNumber, withMethods } from "@gro/summarizer/executor";
import type { PostgresClient, PostgresPool } from "./ports/postgres-pool.js";
import { DEFAULT_SCHEMA, isSchemaName } from "./statements/schema.js";

export interface PostgresStoreOptions extends StoreEnvironment {
  /** Tells the time of leases and delays, for tests. @default the database's clock, the same for all workers */
  readonly clock?: StoreEnvironment["clock"];
  /** The schema that holds the tables: a letter or `_`, then up to 40 of `a-z 0-9 _`. @default "gro" */
  readonly schema?: string | undefined;
  /** Where the pages are, when they are not to be in the database: any other `PageStore`. @default a table of the schema */
  readonly pages?: PageStore | undefined;
  /**
   * Whether the first call makes the schema, or brings it up to date. With `false` that is left to `migrate`, and a schema that is
   * not there or too old is an error. @default true
   */
  readonly migrate?: boolean | undefined;
  /**
   * Whether `queue.onClaimable` listens to the database. It takes up one connection while somebody wants to know; without it, and with
   * a pool of one connection, workers look every `pollIntervalMs`. `false` behind a PgBouncer that shares connections by transaction, where
   * nobody would hear anything. @default true
   */
  readonly listen?: boolean | undefined;
  /**
   * Whether inserts are kept prepared by the server. `false` behind a PgBouncer that shares connections by transaction, with `listen: false`:
   * only from 1.21 on, and with a `max_prepared_statements` above 0, it carries them. @default true
   */
  readonly preparedStatements?: boolean | undefined;
  /**
   * How long completions and the failures of step keys are kept, in milliseconds, from 259200000: 3 days. Failures count from when they
   * were last noted. Completions count from when they were last set, or read at an age of more than 36 hours: so what a page under way
   * needs stays, while workers look at it. @default 2592000000: 30 days
   */
  readonly memoRetentionMs?: number | undefined;
  /** How long dead letters are kept after their death, in milliseconds, from 0; `null` for as long as nobody retries them. @default null */
  readonly deadLetterRetentionMs?: number | null | undefined;
  /**
   * Hears why what is too old could not be cleared away, or what was read not be kept for longer. The next one to try does it again. What
   * it throws itself is passed over. @default nobody
   */
  readonly onRetentionFailed?: ((error: unknown) => void) | undefined;
}

/** Options with nothing left out. */
export interface ResolvedOptions {
  /** Milliseconds since the epoch; `null` for the database's clock. */
  readonly now: () => number | null;
  readonly randomId: () => string;
  readonly schema: string;
  readonly pages: PageStore | undefined;
  readonly migrate: boolean;
  readonly listen: boolean;
  readonly preparedStatements: boolean;
  readonly memoRetentionMs: number;
  readonly deadLetterRetentionMs: number | null;
  readonly onRetentionFailed: (error: unknown) => void;
}

/** @throws InvalidOptionError */
export function resolveOptions(given: PostgresStoreOptions): ResolvedOptions {
  const options = checkOptions(given);
  const { clock, randomId = () => globalThis.crypto.randomUUID(), schema = DEFAULT_SCHEMA, pages } = options;
  const { preparedStatements = true } = options;
  const { migrate = true, listen = true, memoRetentionMs, deadLetterRetentionMs = null } = options;
  const { onRetentionFailed = () => undefined } = options;
  return {
    randomId: functionOf("randomId", randomId),
    pages: pages === undefined ? undefined : withMethods("pages", pages, "read", "save", "writeSummary"),
    now: nowOf(clock),
    schema: checkSchema(schema),
    migrate: flag("migrate", migrate),
    listen: flag("listen", listen),
    preparedStatements: flag("preparedStatements", preparedStatements),
    memoRetentionMs: memoRetentionOf(memoRetentionMs),
    deadLetterRetentionMs:
      deadLetterRetentionMs === null ? null : wholeNumber("deadLetterRetentionMs", deadLetterRetentionMs, 0),
    onRetentionFailed: functionOf("onRetentionFailed", onRetentionFailed),
  };
}

/** What is none at all, such as `null` from JavaScript. @throws InvalidOptionError */
export function checkOptions<Options extends object>(options: Options): Options {
  if (typeof options === "object" && options !== null) return options;
  throw new InvalidOptionError("options", options, "an object, or nothing");
}

function nowOf(clock: PostgresStoreOptions["clock"]): ResolvedOptions["now"] {
  if (clock === undefined) return () => null;
  const checked = withMethods("clock", clock, "now");
  return () => checked.now();
}

/**
 * What a transaction of the caller's goes over. A pool would send each statement over another connection, and so outside of it.
 *
 * @throws InvalidOptionError
 */
export function checkClient(client: unknown): PostgresClient {
  // Some wrap the client of a pool, which they can give back.
  if (isClient(client) && (!isPool(client) || "release" in client)) return client;
  throw new InvalidOptionError(
    "client",
    client,
    "the client that the transaction was begun on, such as `await pool.connect()` gives, and no pool",
  );
}

/** Never shows what it is given: there may be a password in it. @throws InvalidOptionError */
export function checkSource(source: unknown): PostgresPool | string {
  if (typeof source === "string") {
    if (isConnectionString(source)) return source;
    throw new InvalidOptionError("connection", undefined, "a URL such as postgres://user@host:5432/database");
  }
  if (isPool(source)) return source;
  throw new InvalidOptionError("connection", typeof source, "a pool of pg 8, or a connection string");
}

/** Whether `pg` takes it, which also knows `postgres://user:password@/database?host=/folder/of/a/socket`, with no host before its slash. */
function isConnectionString(text: string): boolean {
  if (!/^postgres(ql)?:\/\//u.test(text)) return false;
  return URL.canParse(text) || URL.canParse(text.replace("@/", "@localhost/"));
}

/** @throws InvalidOptionError */
export function checkSchema(schema: unknown): string {
  if (isSchemaName(schema)) return schema;
  throw new InvalidOptionError("schema", schema, "a letter or _, then up to 40 of a-z, 0-9 and _");
}

function flag(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidOptionError(option, value, "true or false");
}

function functionOf<Given extends (...values: never[]) => unknown>(option: string, value: Given): Given {
  if (typeof value === "function") return value;
  throw new InvalidOptionError(option, value, "a function");
}

function isClient(value: unknown): value is PostgresClient {
  return typeof value === "object" && value !== null && "query" in value && typeof value.query === "function";
}

function isPool(value: unknown): value is PostgresPool {
  return (
    isClient(value) &&
    "connect" in value &&
    typeof value.connect === "function" &&
    // A single client of pg has these two as well; what only it has tells them apart.
    !("escapeLiteral" in value)
  );
}
