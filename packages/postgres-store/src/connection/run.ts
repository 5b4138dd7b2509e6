import type { PostgresClient, PostgresQuery } from "../ports/postgres-pool.js";
import type { Row } from "./row.js";

/** A statement with what it does, for messages. All values are parameters: `$1`, `$2`, … */
export interface Statement {
  /** For example "claim items". */
  readonly doing: string;
  readonly text: string;
  /**
   * Whether the server keeps it prepared, which spares half the time of a short one. For inserts alone: the way to find rows is chosen anew
   * each time, as a table that was empty a minute ago may have a million rows now.
   */
  readonly isPrepared?: boolean;
}

/** Runs one statement, all of it or nothing. @throws StoreError `store_failed` */
export type Run = (statement: Statement, values?: readonly unknown[]) => Promise<readonly Row[]>;

const AS_TEXT: PostgresQuery["types"] = { getTypeParser: () => (text) => text };

/** Runs a statement without a word about errors. */
export async function query(
  client: PostgresClient,
  { text }: Pick<Statement, "text">,
  values: readonly unknown[] = [],
  name?: string,
): Promise<readonly Row[]> {
  const { rows } = await client.query({
    text,
    values: [...values],
    types: AS_TEXT,
    ...(name !== undefined && { name }),
  });
  return rows.filter((row): row is Row => typeof row === "object" && row !== null);
}
