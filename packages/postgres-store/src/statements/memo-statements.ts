import type { Statement } from "../connection/run.js";
import { among, NOW, tablesOf } from "./schema.js";

/** Everything that a memo asks of the database. */
export interface MemoStatements {
  /** `$1` keys → `key`, `completion` */
  readonly get: Statement;
  /** `$1` now, `$2` keys, each once, `$3` completions */
  readonly set: Statement;
  /** `$1` set before, `$2` how many → `key` */
  readonly expire: Statement;
}

/** The statements for the tables of a schema. */
export function memoStatements(schema: string): MemoStatements {
  const { completions } = tablesOf(schema);
  return {
    get: {
      doing: "read the memo",
      text: `SELECT key, completion::text AS completion FROM ${completions} WHERE key = ${among("$1")}`,
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
  };
}
