import type { Database } from "../connection/database.js";
import { queueStatements } from "../statements/queue-statements.js";
import { channelOf } from "../statements/schema.js";

/** The server lets transactions that notify commit one by one, so that a notice with every enqueue would halve their rate. */
const LEAST_GAP_MS = 200;
/** After these times, from the last transaction that something joined, those that take longer have committed. */
const ECHOES_MS = [4 * LEAST_GAP_MS, 16 * LEAST_GAP_MS, 64 * LEAST_GAP_MS];

/**
 * Tells listening workers that something became claimable: after the change, on its own, and seldom. A notice that is lost costs
 * one poll interval.
 */
export class Notifier {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;
  #underWay: Promise<unknown> | undefined;
  #joinedAt = -Infinity;
  #echoes: ReturnType<typeof setTimeout>[] = [];

  constructor(
    private readonly database: Database,
    /** Milliseconds that only go forward. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  notify(): void {
    this.#isWanted = true;
    if (this.#timer === undefined && this.#underWay === undefined) this.#send();
  }

  /**
   * Whether a transaction that something joins is to carry the notice itself. Of many within a moment the first one does, and for the others one
   * is sent when the moment is over, by which most of them have committed, and a few more for those that take longer.
   */
  isToJoin(): boolean {
    const now = this.elapsed();
    if (now - this.#joinedAt >= LEAST_GAP_MS) {
      this.#joinedAt = now;
      return true;
    }
    this.#isWanted = true;
    if (this.#timer === undefined && this.#underWay === undefined) this.#pause();
    this.#echo();
    return false;
  }

  /** Sends what is left to be sent. */
  async close(): Promise<void> {
    this.#quiet();
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
        this.#pause();
      });
  }

  #echo(): void {
    this.#quiet();
    this.#echoes = ECHOES_MS.map((afterMs) => {
      const echo = setTimeout(() => this.notify(), afterMs);
      echo.unref();
      return echo;
    });
  }

  #quiet(): void {
    for (const echo of this.#echoes) clearTimeout(echo);
    this.#echoes = [];
  }

  #pause(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isWanted) this.#send();
    }, LEAST_GAP_MS);
    this.#timer.unref();
  }
}
