/** A statement as the driver takes it. */
export interface PostgresQuery {
  readonly text: string;
  readonly values: unknown[];
  /** Under which the server keeps it prepared: the same text always has the same. */
  readonly name?: string;
  /** Leaves every field of the answer as the text that the server sent, whatever parsers the pool has. */
  readonly types: { getTypeParser(): (text: string) => string };
}

/** What takes statements: a `Client` of `pg`, a client of its pool, or anything of that shape. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A client that belongs to a pool. */
export interface PostgresPoolClient extends PostgresClient {
  /** Gives it back; `true` ends its connection. */
  release(destroy?: boolean): void;
  on(event: "notification" | "error" | "end", listener: () => void): unknown;
  removeListener?(event: "notification" | "error" | "end", listener: () => void): unknown;
}

/** What a store needs of a pool: a `Pool` of `pg` 8 fits as it is. */
export interface PostgresPool extends PostgresClient {
  connect(): Promise<PostgresPoolClient>;
  /** How many connections it has at most: one alone is not taken up by listening. */
  readonly options?: { readonly max?: number | undefined } | undefined;
}
