import { contentHash } from "@gro/queue";
import { isConflict, isUniqueViolation } from "../errors/sql-state.js";
import { closed, failed } from "../errors/store-errors.js";
import { ready, readyWithin } from "../migrations/ready.js";
import { checkClient, type ResolvedOptions } from "../options.js";
import type { PostgresClient, PostgresPool } from "../ports/postgres-pool.js";
import { openPool, type OwnPool } from "./own-pool.js";
import { query, type Run, type Statement } from "./run.js";
import { Transactions } from "./transactions.js";

/** So often a statement that others were in the way of is tried. */
const MOST_TRIES = 12;
/** Before the second try, on average, and twice as long before each one after it. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 200;
/** A schema that another program brings up to date meanwhile is noticed by then. */
const LOOK_AGAIN_AFTER_MS = 300_000;

/** Where the statements of a store go: the caller's pool, or one that is made for the first of them. */
export class Database {
  #own: Promise<OwnPool> | undefined;
  #ready: Promise<void> | undefined;
  /** When it was last seen that the schema is there. */
  #readyAt: number | undefined;
  #isClosed = false;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #names = new Map<string, string>();
  readonly #transactions = new Transactions();

  constructor(
    private readonly source: PostgresPool | string,
    readonly options: ResolvedOptions,
    /** Milliseconds; those of the caller's clock where there is one. */
    readonly elapsed: () => number = () => options.now() ?? performance.now(),
    /** From 0 to 1. */
    private readonly random: () => number = () => Math.random(),
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
          if (isConflict(error) && tries < MOST_TRIES) {
            await this.pause(tries);
            continue;
          }
          // What it broke is for the caller to judge.
          throw isUniqueViolation(error) ? error : failed(statement.doing, error);
        }
      }
    });

  /** Runs statements as parts of a caller's transaction, when the schema is there. @throws InvalidOptionError for what is no client */
  runOn(given: PostgresClient): Run {
    const client = checkClient(given);
    const run = this.#transactions.runOn(client);
    return (statement, values) =>
      this.#call(async () => {
        // With a pool of the caller's, all of its connections may be taken by transactions that wait here.
        if (typeof this.source === "string") await this.open();
        else if (!this.#isReady())
          await this.#transactions.inTurn(client, () => this.#openWithin(client, statement.doing));
        return run(statement, values);
      });
  }

  /** Sees to it, now and then, that the server can be reached and the schema is there. After a failure the next call tries again. */
  async open(): Promise<void> {
    this.#refuseWhenClosed();
    if (this.#isReady()) return;
    // A schema that was there is not made anew: it may be about to be restored.
    const options = this.#readyAt === undefined ? this.options : { ...this.options, migrate: false };
    this.#ready ??= this.pool()
      .then((pool) => ready(pool, options))
      .then(() => this.#noteReady())
      .finally(() => {
        this.#ready = undefined;
      });
    await this.#ready;
  }

  async #openWithin(client: PostgresClient, doing: string): Promise<void> {
    this.#refuseWhenClosed();
    if (this.#isReady()) return;
    await readyWithin(client, this.options, doing);
    this.#noteReady();
  }

  #isReady(): boolean {
    return this.#readyAt !== undefined && this.elapsed() - this.#readyAt < LOOK_AGAIN_AFTER_MS;
  }

  #noteReady(): void {
    this.#readyAt = this.elapsed();
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

  /** Others are in the way for as long as they need; who comes back at once meets them again. */
  pause(tries: number): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
    return new Promise((resolve) => setTimeout(resolve, longest * this.random()));
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw closed();
  }
}
