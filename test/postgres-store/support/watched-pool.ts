import type { PostgresPool } from "@gro/postgres-store";

/** A pool that counts the statements, and those of them that were refused, also those that the store tries again. */
export interface WatchedPool extends PostgresPool {
  readonly asked: number;
  readonly refused: number;
}

export function watchedPool(pool: PostgresPool): WatchedPool {
  let asked = 0;
  let refused = 0;
  return {
    get asked() {
      return asked;
    },
    get refused() {
      return refused;
    },
    connect: () => pool.connect(),
    async query(statement) {
      asked += 1;
      try {
        return await pool.query(statement);
      } catch (error) {
        refused += 1;
        throw error;
      }
    },
  };
}
