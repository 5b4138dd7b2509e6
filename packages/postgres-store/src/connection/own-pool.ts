import type { PostgresPool } from "../ports/postgres-pool.js";
import { notInstalled } from "../errors/store-errors.js";

/** A pool that the store has made, and ends. */
export interface OwnPool extends PostgresPool {
  end(): Promise<void>;
}

const CONNECT_WITHIN_MS = 10_000;
/** A server that has gone without a word must not hold a call for ever. */
const ANSWER_WITHIN_MS = 60_000;

/** Makes a pool. The driver is loaded here and nowhere else: who brings a pool has loaded it. */
export async function openPool(connectionString: string): Promise<OwnPool> {
  const { default: driver } = await import("pg").catch((error: unknown) => {
    throw notInstalled(error);
  });
  const pool = new driver.Pool({
    connectionString,
    application_name: "gro-summarizer",
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  // A connection that breaks while nobody uses it is replaced by the next call; without a listener it would end the process.
  pool.on("error", () => undefined);
  return pool;
}
