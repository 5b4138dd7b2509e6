import type { Statement } from "../connection/run.js";
import { isAhead, NOW, tablesOf } from "./schema.js";

/**
 * `$1` now, `$2` task, `$3` how long it is good for → `at` for the one who is to do it now, nothing for the others. What was done in a time
 * that is still to come is to be done: a clock was ahead.
 */
export function turnStatement(schema: string): Statement {
  const { upkeep } = tablesOf(schema);
  return {
    doing: "see what is to be cleared away",
    text: `
      INSERT INTO ${upkeep} AS known (task, done_at) VALUES ($2::text, ${NOW})
      ON CONFLICT (task) DO UPDATE SET done_at = excluded.done_at
      WHERE known.done_at <= excluded.done_at - $3::bigint OR ${isAhead("known.done_at")}
      RETURNING done_at AS at`,
  };
}

/** `$1` null → `now`, the database's time in milliseconds since the epoch. */
export const TIME: Statement = { doing: "read the database's clock", text: `SELECT ${NOW} AS now` };
