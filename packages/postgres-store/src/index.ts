export { migrate, postgresStore, type PostgresStore } from "./postgres-store.js";
export type { PostgresStoreOptions } from "./options.js";
export type { EnqueueOptions, PostgresQueue } from "./stores/postgres-queue-store.js";
export type { Expired } from "./stores/retention.js";
export type { MigrateOutcome } from "./migrations/migrate.js";
export type {
  PostgresClient,
  PostgresPool,
  PostgresPoolClient,
  PostgresQuery,
} from "./ports/postgres-pool.js";
