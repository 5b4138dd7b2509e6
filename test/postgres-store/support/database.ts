import pg from "pg";
import { inject } from "vitest";
import { openPool, schemaName } from "./schemas.js";

/** A database of its own, for what always uses the schema of the default name. */
export interface TestDatabase {
  readonly url: string;
  query(text: string): Promise<pg.QueryResult<Record<string, unknown>>>;
  drop(): Promise<void>;
}

export async function testDatabase(): Promise<TestDatabase> {
  const name = schemaName();
  const admin = openPool({ max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(inject("databaseUrl"));
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  pool.on("error", () => undefined);
  return {
    url: url.href,
    query: (text) => pool.query<Record<string, unknown>>(text),
    async drop() {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
