import type { Database } from "../connection/database.js";
import { number } from "../connection/row.js";
import type { Statement } from "../connection/run.js";
import { ledgerStatements } from "../statements/ledger-statements.js";
import { memoStatements } from "../statements/memo-statements.js";
import { queueStatements } from "../statements/queue-statements.js";
import { TIME, turnStatement } from "../statements/upkeep-statements.js";

/** What was too old to be kept. */
export interface Expired {
  readonly completions: number;
  readonly failures: number;
  readonly deadLetters: number;
}

/** So few at a time that nobody waits for their locks. */
const ROWS_AT_ONCE = 1_000;
/** Over all processes. */
const EVERY_MS = 3_600_000;
/** How often one process asks whether it is its turn. */
const ASK_EVERY_MS = 300_000;
const TASK = "retention";

/**
 * Clears away what is kept for a time only. What a clock has written that was ahead would not go until that time has come: it counts as
 * written now. One process of all does it, once an hour, while the store is used.
 */
export class Retention {
  #askAgainAt = -Infinity;
  #underWay: Promise<unknown> | undefined;

  constructor(
    private readonly database: Database,
    /** Milliseconds that only go forward. */
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** The store was used: it may be time. Nobody waits for it. */
  noteUse(): void {
    const now = this.elapsed();
    if (this.#underWay !== undefined || now < this.#askAgainAt || this.database.isClosed) return;
    this.#askAgainAt = now + ASK_EVERY_MS;
    this.#underWay = this.#takeTurn()
      .catch((error: unknown) => this.tell(error))
      .finally(() => {
        this.#underWay = undefined;
      });
  }

  /** Tells why something could not be done for which nobody waits. A listener's own trouble must not become that of the process. */
  tell(error: unknown): void {
    const { onRetentionFailed } = this.database.options;
    if (this.database.isClosed) return;
    const telling = async () => onRetentionFailed(error);
    telling().catch(() => undefined);
  }

  /** Clears away everything that is too old now, in small parts. */
  async expire(): Promise<Expired> {
    return this.#expireAt(await this.#databaseTime());
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#underWay;
  }

  async #takeTurn(): Promise<void> {
    const { now, schema } = this.database.options;
    const [turn] = await this.database.run(turnStatement(schema), [now(), TASK, EVERY_MS]);
    if (turn !== undefined) await this.#expireAt(number(turn, "at"));
  }

  /** @param time milliseconds since the epoch, by the store's clock */
  async #expireAt(time: number): Promise<Expired> {
    const { now, schema, memoRetentionMs, deadLetterRetentionMs } = this.database.options;
    const [memo, ledger, queue] = [memoStatements(schema), ledgerStatements(schema), queueStatements(schema)];
    for (const recall of [memo.recall, ledger.recall, queue.recallDead]) await this.#inParts(recall, now);
    const memoBefore = time - memoRetentionMs;
    return {
      completions: await this.#inParts(memo.expire, () => memoBefore),
      failures: await this.#inParts(ledger.expire, () => memoBefore),
      deadLetters:
        deadLetterRetentionMs === null
          ? 0
          : await this.#inParts(queue.expire, () => time - deadLetterRetentionMs),
    };
  }

  /** How many rows it was. */
  async #inParts(statement: Statement, time: () => number | null): Promise<number> {
    for (let rows = 0; ;) {
      const { length } = await this.database.run(statement, [time(), ROWS_AT_ONCE]);
      rows += length;
      if (length < ROWS_AT_ONCE || this.database.isClosed) return rows;
    }
  }

  async #databaseTime(): Promise<number> {
    const given = this.database.options.now();
    if (given !== null) return given;
    const [row] = await this.database.run(TIME, [null]);
    return row === undefined ? 0 : number(row, "now");
  }
}
