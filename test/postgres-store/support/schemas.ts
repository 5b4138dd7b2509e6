import { migrate } from "@gro/postgres-store";
import pg from "pg";
import { inject } from "vitest";

/** A schema for one test file, emptied between its tests. */
export interface TestSchema {
  readonly name: string;
  readonly pool: pg.Pool;
  /** Takes everything out. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

let made = 0;

/** A name that no other test has. */
export function schemaName(): string {
  made += 1;
  return `test_${process.pid}_${Date.now().toString(36)}_${made}`;
}

export function openPool(settings: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: inject("databaseUrl"), ...settings });
  // Tests that end connections are about that.
  pool.on("error", () => undefined);
  return pool;
}

export async function testSchema(settings: pg.PoolConfig = {}): Promise<TestSchema> {
  const name = schemaName();
  const pool = openPool(settings);
  await migrate(pool, { schema: name });
  const tables = ["items", "pages", "completions", "key_failures", "batches", "batch_keys", "upkeep"];
  return {
    ...{ name, pool },
    async empty() {
      // Quicker than TRUNCATE where there is little.
      await pool.query(tables.map((table) => `DELETE FROM "${name}".${table}`).join(";"));
    },
    async drop() {
      await pool.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
      await pool.end();
    },
  };
}
