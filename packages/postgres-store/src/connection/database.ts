import { contentHash } from "@gro/queue";
import { isConflict, isUniqueViolation } from "../errors/sql-state.js";
import { closed, failed } from "../errors/store-errors.js";
import { ready } from "../migrations/ready.js";
import type { ResolvedOptions } from "../options.js";
import type { PostgresClient, PostgresPool } from "../ports/postgres-pool.js";
import { openPool, type OwnPool } from "./own-pool.js";
import { query, type Run, type Statement } from "./run.js";
import { Transactions } from "./transactions.js";

/** So often a statement that others were in the way of is tried at once. */
const MOST_TRIES = 6;

/** Where the statements of a store go: the caller's pool, or one that is made for the first of them. */
export class Database {
  #own: Promise<OwnPool> | undefined;
  #ready: Promise<void> | undefined;
  #isClosed = false;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #names = new Map<string, string>();
  readonly #transactions = new Transactions();

  constructor(
    private readonly source: PostgresPool | string,
    readonly options: ResolvedOptions,
  ) {}

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Runs one statement, all of it or nothing, when the schema is there. */
  readonly run: Run = (statement, values) =>
    this.#call(async () => {
      await this.open();
      const pool = await this.pool();
      for (let tries = 1; ; tries += 1) {
        try {
          return await query(pool, statement, values, this.#nameOf(statement));
        } catch (error) {
          if (isConflict(error) && tries < MOST_TRIES) continue;
          // What it broke is for the caller to judge.
          throw isUniqueViolation(error) ? error : failed(statement.doing, error);
        }
      }
    });

  /** Runs statements as parts of a caller's transaction, when the schema is there. */
  runOn(client: PostgresClient): Run {
    const run = this.#transactions.runOn(client);
    return (statement, values) =>
      this.#call(async () => {
        await this.open();
        return run(statement, values);
      });
  }

  /** Sees to it, once, that the server can be reached and the schema is there. After a failure the next call tries again. */
  async open(): Promise<void> {
    this.#refuseWhenClosed();
    this.#ready ??= this.pool().then((pool) => ready(pool, this.options));
    const opening = this.#ready;
    try {
      await opening;
    } catch (error) {
      if (this.#ready === opening) this.#ready = undefined;
      throw error;
    }
  }

  async pool(): Promise<PostgresPool> {
    this.#refuseWhenClosed();
    if (typeof this.source !== "string") return this.source;
    this.#own ??= openPool(this.source);
    return this.#own;
  }

  /** Ends the calls that have begun, and the pool if it is the store's own. Later calls are refused with `store_closed`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    const own = this.#own;
    this.#own = undefined;
    if (own !== undefined) await (await own).end();
  }

  /** Other versions of this package may use the same connection: the text makes the name. */
  #nameOf({ text, isPrepared }: Statement): string | undefined {
    if (isPrepared !== true || !this.options.preparedStatements) return undefined;
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `gro-${contentHash(text).slice(0, 24)}`;
      this.#names.set(text, name);
    }
    return name;
  }

  async #call<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#refuseWhenClosed();
    const call = work();
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw closed();
  }
}
