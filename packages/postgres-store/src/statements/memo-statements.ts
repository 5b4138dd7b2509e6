import type { Statement } from "../connection/run.js";
import { among, isAhead, NOW, tablesOf } from "./schema.js";

/** Everything that a memo asks of the database. */
export interface MemoStatements {
  /** `$1` now, `$2` keys, `$3` an age → `key`, `completion`, and `is_old`: 1 where it is older than that, else 0 */
  readonly get: Statement;
  /** `$1` now, `$2` keys, `$3` an age: those that are older count as set now */
  readonly renew: Statement;
  /** `$1` now, `$2` keys, each once, `$3` completions */
  readonly set: Statement;
  /** `$1` set before, `$2` how many → `key` */
  readonly expire: Statement;
  /** `$1` now, `$2` how many → `key` of those that were set in a time that is still to come: they count as set now */
  readonly recall: Statement;
}

/** The statements for the tables of a schema. */
export function memoStatements(schema: string): MemoStatements {
  const { completions } = tablesOf(schema);
  return {
    get: {
      doing: "read the memo",
      text: `
        SELECT key, completion::text AS completion, (set_at < ${NOW} - $3::bigint)::int AS is_old
        FROM ${completions} WHERE key = ${among("$2")}`,
    },
    // Whoever is busy with one of them sets it, renews it or clears it away.
    renew: {
      doing: "keep completions that are in use",
      text: `
        WITH old AS MATERIALIZED (
          SELECT key FROM ${completions} WHERE key = ${among("$2")} AND set_at < ${NOW} - $3::bigint
          ORDER BY key COLLATE "C" FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE ${completions} SET set_at = ${NOW} WHERE key = ANY (ARRAY(SELECT key FROM old))`,
    },
    set: {
      doing: "write the memo",
      isPrepared: true,
      text: `
        INSERT INTO ${completions} (key, set_at, completion)
        SELECT key, ${NOW}, completion::json FROM unnest($2::text[], $3::text[]) AS new (key, completion) ORDER BY key COLLATE "C"
        ON CONFLICT (key) DO UPDATE SET set_at = excluded.set_at, completion = excluded.completion`,
    },
    expire: {
      doing: "clear away old completions",
      text: `
        DELETE FROM ${completions} WHERE key = ANY (ARRAY(
          SELECT key FROM ${completions} WHERE set_at < $1::bigint
          ORDER BY set_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        )) RETURNING key`,
    },
    recall: {
      doing: "set completions right that are from ahead",
      text: `
        UPDATE ${completions} SET set_at = ${NOW} WHERE key = ANY (ARRAY(
          SELECT key FROM ${completions} WHERE ${isAhead("set_at")}
          ORDER BY set_at LIMIT $2::bigint FOR NO KEY UPDATE SKIP LOCKED
        )) RETURNING key`,
    },
  };
}
