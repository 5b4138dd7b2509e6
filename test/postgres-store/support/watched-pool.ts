import type { PostgresPool } from "@gro/postgres-store";

/** A pool that counts the statements that were refused, also those that the store tries again. */
export interface WatchedPool extends PostgresPool {
  readonly refused: number;
}

export function watchedPool(pool: PostgresPool): WatchedPool {
  let refused = 0;
  return {
    get refused() {
      return refused;
    },
    connect: () => pool.connect(),
    async query(statement) {
      try {
        return await pool.query(statement);
      } catch (error) {
        refused += 1;
        throw error;
      }
    },
  };
}
