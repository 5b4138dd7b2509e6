import type { Database } from "../connection/database.js";
import { query } from "../connection/run.js";
import type { PostgresPool } from "../ports/postgres-pool.js";
import { channelOf } from "../statements/schema.js";
import { takeListeningShare } from "./listening-share.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/*
 *   idle ──somebody wants to know──▶ connecting ──▶ listening ──nobody wants to know, or closed──▶ idle
 *                                       ▲  └─failed──▶ waiting ─┐      │
 *                                       └───────────────────────┴──cut─┘
 */

/** A connection that listens. */
interface Listening {
  end(): void;
}

/** Hears that something became claimable, over one connection for all who want to know. Without it, workers look by the clock. */
export class Listener {
  readonly #listeners = new Set<() => void>();
  #listening: Listening | undefined;
  #isConnecting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(private readonly database: Database) {}

  /** @returns ends it */
  add(listener: () => void): () => void {
    // Each call stands for itself, also with the same function.
    const own = () => listener();
    this.#listeners.add(own);
    if (this.database.options.listen) this.#connect();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#stop();
  }

  #connect(): void {
    if (this.#listening !== undefined || this.#isConnecting || this.#timer !== undefined) return;
    this.#isConnecting = true;
    this.#open()
      .catch(() => this.#tryLater())
      .finally(() => {
        this.#isConnecting = false;
      });
  }

  async #open(): Promise<void> {
    await this.database.open();
    const pool = await this.database.pool();
    const giveBack = takeListeningShare(pool);
    if (giveBack === undefined) {
      // Another store that shares the pool may end.
      this.#tryLater();
      return;
    }
    try {
      await this.#listenIn(pool, giveBack);
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async #listenIn(pool: PostgresPool, giveBack: () => void): Promise<void> {
    const client = await pool.connect();
    const tell = () => this.#tell();
    const connection: Listening = {
      // It ends: nobody else is to get one that listens.
      end() {
        client.removeListener?.("notification", tell);
        client.release(true);
        giveBack();
      },
    };
    const lose = () => {
      if (this.#listening !== connection) return;
      this.#listening = undefined;
      connection.end();
      this.#tryLater();
    };
    client.on("error", lose);
    client.on("end", lose);
    client.on("notification", tell);
    try {
      await query(client, { text: `LISTEN "${channelOf(this.database.options.schema)}"` });
    } catch (error) {
      connection.end();
      throw error;
    }
    if (this.#listeners.size === 0) {
      connection.end();
      return;
    }
    this.#listening = connection;
    this.#failures = 0;
    // Something may have become claimable while nobody listened.
    this.#tell();
  }

  #tryLater(): void {
    if (this.#listeners.size === 0 || this.database.isClosed) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, waitMs);
    this.#timer.unref();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const listening = this.#listening;
    this.#listening = undefined;
    listening?.end();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
