import type { Statement } from "../connection/run.js";
import { NOW, tablesOf } from "./schema.js";

/** Everything that a page store asks of the database. */
export interface PageStatements {
  /** `$1` id → `content_hash`, `page`, `summary` */
  readonly read: Statement;
  /** `$1` now, `$2` id, `$3` hash of the content, `$4` page */
  readonly save: Statement;
  /** `$1` id, `$2` hash of the content, `$3` summary → `written`, `there` with any content, `same` with this one: 0 or 1 each. Nobody is waited for */
  readonly writeSummary: Statement;
}

/** The statements for the tables of a schema. */
export function pageStatements(schema: string): PageStatements {
  const { pages } = tablesOf(schema);
  return {
    read: {
      doing: "read a page",
      text: `SELECT content_hash, page::text AS page, summary::text AS summary FROM ${pages} WHERE id = $1::text`,
    },
    save: {
      doing: "save a page",
      isPrepared: true,
      text: `
        INSERT INTO ${pages} (id, content_hash, saved_at, page) VALUES ($2::text, $3::text, ${NOW}, $4::json)
        ON CONFLICT (id) DO UPDATE SET
          content_hash = excluded.content_hash, saved_at = excluded.saved_at, page = excluded.page, summary = NULL`,
    },
    writeSummary: {
      doing: "write a summary",
      text: `
        WITH free AS MATERIALIZED (
          SELECT id FROM ${pages} WHERE id = $1::text AND content_hash = $2::text FOR NO KEY UPDATE SKIP LOCKED
        ), written AS (
          UPDATE ${pages} SET summary = $3::json WHERE id = ANY (ARRAY(SELECT id FROM free)) RETURNING id
        )
        SELECT (SELECT count(*) FROM written) AS written, count(*) AS there, count(*) FILTER (WHERE content_hash = $2::text) AS same
        FROM ${pages} WHERE id = $1::text`,
    },
  };
}
