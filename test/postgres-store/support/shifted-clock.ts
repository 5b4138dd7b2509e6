import type pg from "pg";
import { openPool, schemaName } from "./schemas.js";

/** A database's clock that a test moves. */
export interface ShiftedClock {
  /** Its connections see the moved time. */
  readonly pool: pg.Pool;
  pass(milliseconds: number): Promise<void>;
  drop(): Promise<void>;
}

/**
 * Gives connections a clock of their own: a function of the name of PostgreSQL's, which is found first. The statements stay as they are.
 */
export async function shiftedClock(): Promise<ShiftedClock> {
  const name = schemaName();
  const plain = openPool({ max: 1 });
  await plain.query(`CREATE SCHEMA "${name}"`);
  await plain.query(`CREATE TABLE "${name}".shift (milliseconds double precision NOT NULL)`);
  await plain.query(`INSERT INTO "${name}".shift VALUES (0)`);
  await plain.query(
    `CREATE FUNCTION "${name}".statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
     'SELECT pg_catalog.statement_timestamp() + (SELECT milliseconds FROM "${name}".shift) * interval ''1 millisecond'''`,
  );
  const pool = openPool({ options: `-c search_path=${name},pg_catalog,public` });
  return {
    pool,
    async pass(milliseconds) {
      await plain.query(`UPDATE "${name}".shift SET milliseconds = milliseconds + $1`, [milliseconds]);
    },
    async drop() {
      await pool.end();
      await plain.query(`DROP SCHEMA "${name}" CASCADE`);
      await plain.end();
    },
  };
}
