import type { PostgresPool } from "../ports/postgres-pool.js";

/** How many connections of a pool listen: stores that share one do not know of each other. */
const listeningIn = new WeakMap<PostgresPool, number>();

/**
 * Takes one connection of a pool for listening, unless it were the last one that is left for calls.
 *
 * @returns gives it back, once; or `undefined` where there is none to take
 */
export function takeListeningShare(pool: PostgresPool): (() => void) | undefined {
  const taken = listeningIn.get(pool) ?? 0;
  if (taken + 1 >= (pool.options?.max ?? Infinity)) return undefined;
  listeningIn.set(pool, taken + 1);
  let isTaken = true;
  return () => {
    if (isTaken) listeningIn.set(pool, (listeningIn.get(pool) ?? 1) - 1);
    isTaken = false;
  };
}
