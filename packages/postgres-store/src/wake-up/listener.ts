import type { Database } from "../connection/database.js";
import { query } from "../connection/run.js";
import type { PostgresPoolClient } from "../ports/postgres-pool.js";
import { channelOf } from "../statements/schema.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/*
 *   idle ──somebody wants to know──▶ connecting ──▶ listening ──nobody wants to know, or closed──▶ idle
 *                                       ▲  └─failed──▶ waiting ─┐      │
 *                                       └───────────────────────┴──cut─┘
 */

/** Hears that something became claimable, over one connection for all who want to know. Without it, workers look by the clock. */
export class Listener {
  readonly #listeners = new Set<() => void>();
  #client: PostgresPoolClient | undefined;
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
    if (this.#client !== undefined || this.#isConnecting || this.#timer !== undefined) return;
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
    // Listening would take the only one, and every call would wait for ever.
    if (pool.options?.max === 1) return;
    const client = await pool.connect();
    const lose = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      release(client, true);
      this.#tryLater();
    };
    client.on("error", lose);
    client.on("end", lose);
    client.on("notification", () => this.#tell());
    try {
      await query(client, { text: `LISTEN "${channelOf(this.database.options.schema)}"` });
    } catch (error) {
      release(client, true);
      throw error;
    }
    if (this.#listeners.size === 0) {
      release(client, true);
      return;
    }
    this.#client = client;
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
    const client = this.#client;
    this.#client = undefined;
    // Its connection ends with it: nobody else is to get one that listens.
    if (client !== undefined) release(client, true);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function release(client: PostgresPoolClient, destroy: boolean): void {
  client.removeAllListeners?.("notification");
  client.release(destroy);
}
