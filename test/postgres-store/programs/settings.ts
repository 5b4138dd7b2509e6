import { postgresStore, type PostgresStore } from "@gro/postgres-store";

/** What a child process is told, as JSON in its only argument. */
export interface ProgramSettings {
  readonly databaseUrl: string;
  readonly url: string;
  readonly key: string;
  /** Pages that a host queues, from and to; and the pause between two of them, in milliseconds. */
  readonly pages?: { readonly from: number; readonly to: number; readonly pauseMs: number };
  /** The most requests in a batch of a worker. */
  readonly batchSize?: number;
  /** Whether a worker ends when nothing is left to do. */
  readonly drains?: boolean;
}

export function readSettings(): ProgramSettings {
  return JSON.parse(process.argv[2] ?? "{}") as ProgramSettings;
}

export function openStore({ databaseUrl }: Pick<ProgramSettings, "databaseUrl">): PostgresStore {
  return postgresStore(databaseUrl);
}
