import pg from "pg";
import { inject } from "vitest";
import { openPool, schemaName } from "./schemas.js";

/** A database of its own, for what always uses the schema of the default name. */
export interface TestDatabase {
  readonly url: string;
  query(text: string): Promise<pg.QueryResult<Record<string, unknown>>>;
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param made what `CREATE DATABASE` is told beside the name */
export async function testDatabase(made = ""): Promise<TestDatabase> {
  const name = schemaName();
  const admin = openPool({ max: 1 });
  await admin.query(`CREATE DATABASE ${name} ${made}`);
  const url = new URL(inject("databaseUrl"));
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  pool.on("error", () => undefined);
  async function drop(): Promise<void> {
    await pool.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
  return {
    url: url.href,
    query: (text) => pool.query<Record<string, unknown>>(text),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}
