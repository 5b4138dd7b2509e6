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

/** Clears away what is kept for a time only. One process of all does it, once an hour, while the store is used. */
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
    const { onRetentionFailed } = this.database.options;
    this.#underWay = this.#takeTurn()
      .catch((error: unknown) => {
        if (!this.database.isClosed) onRetentionFailed(error);
      })
      .finally(() => {
        this.#underWay = undefined;
      });
  }

  /** Clears away everything that is too old now, in small parts. */
  async expire(): Promise<Expired> {
    const { schema, memoRetentionMs, deadLetterRetentionMs } = this.database.options;
    const now = await this.#databaseTime();
    const memoBefore = now - memoRetentionMs;
    return {
      completions: await this.#clear(memoStatements(schema).expire, memoBefore),
      failures: await this.#clear(ledgerStatements(schema).expire, memoBefore),
      deadLetters:
        deadLetterRetentionMs === null
          ? 0
          : await this.#clear(queueStatements(schema).expire, now - deadLetterRetentionMs),
    };
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#underWay;
  }

  async #takeTurn(): Promise<void> {
    const { now, schema } = this.database.options;
    const turn = await this.database.run(turnStatement(schema), [now(), TASK, EVERY_MS]);
    if (turn.length > 0) await this.expire();
  }

  async #clear(statement: Statement, before: number): Promise<number> {
    for (let cleared = 0; ;) {
      const { length } = await this.database.run(statement, [before, ROWS_AT_ONCE]);
      cleared += length;
      if (length < ROWS_AT_ONCE || this.database.isClosed) return cleared;
    }
  }

  async #databaseTime(): Promise<number> {
    const given = this.database.options.now();
    if (given !== null) return given;
    const [row] = await this.database.run(TIME, [null]);
    return row === undefined ? 0 : number(row, "now");
  }
}
