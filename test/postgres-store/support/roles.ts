import pg from "pg";
import { inject } from "vitest";
import { openPool, schemaName } from "./schemas.js";

/** A user of the database who may do nothing that is not granted. */
export interface Role {
  readonly name: string;
  readonly url: string;
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

export async function makeRole(): Promise<Role> {
  const name = schemaName().replace("test", "role");
  const password = "pa55-of-a-role";
  const admin = openPool({ max: 1 });
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  const url = new URL(inject("databaseUrl"));
  url.username = name;
  url.password = password;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on("error", () => undefined);
  return {
    ...{ name, url: url.href, pool },
    async drop() {
      await pool.end();
      await admin.query(`DROP OWNED BY ${name}`);
      await admin.query(`DROP ROLE ${name}`);
      await admin.end();
    },
  };
}
