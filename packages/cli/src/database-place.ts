import type { Arguments } from "./arguments.js";
import type { MessageOutput } from "./message-output.js";
import { UsageError } from "./usage-error.js";

/** A PostgreSQL. */
export interface DatabasePlace {
  readonly kind: "database";
  readonly url: string;
  /** As it may be shown: without a password. */
  readonly shownAs: string;
  /** Its own name where it is not `gro`. */
  readonly schema: string | undefined;
  /** How something in between, such as a PgBouncer, shares the server's connections; `session` where nothing is in between. */
  readonly pooling: Pooling;
}

export type Pooling = "session" | "transaction";

const EXPECTED = "a URL such as postgres://user@host:5432/database";
/** As `@gro/postgres-store` takes it, which is loaded only when it is needed. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,40}$/u;

/** @throws UsageError for what is no URL of a PostgreSQL. It shows nothing that may have a password in it. */
export function databasePlace(given: Arguments<"database-url" | "schema" | "pooling">): DatabasePlace {
  const url = given.text("database-url");
  const origin = given.originOf("database-url");
  if (url === undefined) {
    throw new UsageError(
      "--database-url is missing: add --database-url URL, or set the environment variable DATABASE_URL.",
    );
  }
  const parsed = parsedUrl(url);
  if (parsed === undefined || !/^postgres(ql)?:$/u.test(parsed.protocol)) {
    throw new UsageError(`${origin}: expected ${EXPECTED}.`);
  }
  const schema = given.text("schema");
  if (schema !== undefined && !SCHEMA_NAME.test(schema)) {
    throw new UsageError(
      `${given.originOf("schema")}: expected a letter or _, then up to 40 of a-z, 0-9 and _.`,
    );
  }
  return { kind: "database", url, schema, pooling: poolingFrom(given), shownAs: shown(parsed, url) };
}

function poolingFrom(given: Arguments<"pooling">): Pooling {
  const pooling = given.text("pooling") ?? "session";
  if (pooling === "session" || pooling === "transaction") return pooling;
  throw new UsageError(`${given.originOf("pooling")}: expected session or transaction.`);
}

/** A URL as `pg` takes it, which may have no host before its slash: then a parameter names one, such as the folder of a socket. */
function parsedUrl(url: string): URL | undefined {
  if (URL.canParse(url)) return new URL(url);
  const withHost = url.replace("@/", "@localhost/");
  return URL.canParse(withHost) ? new URL(withHost) : undefined;
}

function shown({ protocol, username, host, pathname, searchParams }: URL, url: string): string {
  const named = searchParams.get("host");
  const user = username === "" ? "" : `${username}@`;
  return `${protocol}//${user}${URL.canParse(url) ? host : ""}${pathname}${named === null ? "" : `?host=${named}`}`;
}

/** A password in a command is seen by everybody on the machine. */
export function warnOfVisiblePassword(given: Arguments<"database-url">, output: MessageOutput): void {
  const url = given.text("database-url");
  if (!given.has("database-url") || passwordsIn([url]).length === 0) return;
  output.warning(
    "--database-url: other users of this machine can see the password. DATABASE_URL or PGPASSWORD keeps it to you.",
  );
}

/** The passwords in URLs, for messages to leave out. */
export function passwordsIn(urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((url) => {
    const parsed = url === undefined ? undefined : parsedUrl(url);
    if (parsed === undefined) return [];
    const { password, searchParams } = parsed;
    return [password, decoded(password), ...searchParams.getAll("password")].filter((text) => text !== "");
  });
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
