import { failed } from "../errors/store-errors.js";
import type { PostgresClient } from "../ports/postgres-pool.js";
import { query, type Run } from "./run.js";

/** Runs statements inside transactions of callers, one after the other: a connection takes one at a time. */
export class Transactions {
  readonly #last = new WeakMap<PostgresClient, Promise<unknown>>();

  runOn(client: PostgresClient): Run {
    return async (statement, values) => {
      try {
        return await this.inTurn(client, () => query(client, statement, values));
      } catch (error) {
        throw failed(statement.doing, error);
      }
    };
  }

  /** Does something when all that came before has ended. */
  inTurn<Answer>(client: PostgresClient, work: () => Promise<Answer>): Promise<Answer> {
    const turn = this.#after(client, work);
    this.#last.set(client, turn);
    return turn;
  }

  async #after<Answer>(client: PostgresClient, work: () => Promise<Answer>): Promise<Answer> {
    // Whoever had the turn before has heard of its own failure.
    await this.#last.get(client)?.catch(() => undefined);
    return work();
  }
}
