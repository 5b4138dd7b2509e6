import type { Database } from "../connection/database.js";
import { queueStatements } from "../statements/queue-statements.js";
import { channelOf } from "../statements/schema.js";

/** The server lets transactions that notify commit one by one, so that a notice with every enqueue would halve their rate. */
const LEAST_GAP_MS = 200;

/**
 * Tells listening workers that something became claimable: after the change, on its own, and seldom. A notice that is lost costs
 * one poll interval.
 */
export class Notifier {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;
  #underWay: Promise<unknown> | undefined;

  constructor(private readonly database: Database) {}

  notify(): void {
    this.#isWanted = true;
    if (this.#timer === undefined && this.#underWay === undefined) this.#send();
  }

  /** Sends what is left to be sent. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#underWay;
    clearTimeout(this.#timer);
    if (this.#isWanted) {
      this.#send();
      await this.#underWay;
      clearTimeout(this.#timer);
    }
  }

  #send(): void {
    this.#isWanted = false;
    const { schema } = this.database.options;
    this.#underWay = this.database
      .run(queueStatements(schema).notify, [channelOf(schema)])
      .catch(() => undefined)
      .finally(() => {
        this.#underWay = undefined;
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          if (this.#isWanted) this.#send();
        }, LEAST_GAP_MS);
        this.#timer.unref();
      });
  }
}
