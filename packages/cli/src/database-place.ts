import type { Arguments } from "./arguments.js";
import type { MessageOutput } from "./message-output.js";
import { UsageError } from "./usage-error.js";

/** A PostgreSQL. */
export interface DatabasePlace {
  readonly kind: "database";
  readonly url: string;
  /** As it may be shown: without a password. */
  readonly shownAs: string;
}

const EXPECTED = "a URL such as postgres://user@host:5432/database";

/** @throws UsageError for what is no URL of a PostgreSQL. It shows nothing that may have a password in it. */
export function databasePlace(given: Arguments<"database-url">): DatabasePlace {
  const url = given.text("database-url");
  const origin = given.originOf("database-url");
  if (url === undefined) {
    throw new UsageError(
      "--database-url is missing: add --database-url URL, or set the environment variable DATABASE_URL.",
    );
  }
  if (!URL.canParse(url) || !/^postgres(ql)?:$/u.test(new URL(url).protocol)) {
    throw new UsageError(`${origin}: expected ${EXPECTED}.`);
  }
  const { protocol, username, host, pathname } = new URL(url);
  return {
    kind: "database",
    url,
    shownAs: `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`,
  };
}

/** A password in a command is seen by everybody on the machine. */
export function warnOfVisiblePassword(given: Arguments<"database-url">, output: MessageOutput): void {
  const url = given.text("database-url");
  if (!given.has("database-url") || url === undefined || !URL.canParse(url) || new URL(url).password === "")
    return;
  output.warning(
    "--database-url: other users of this machine can see the password. DATABASE_URL or PGPASSWORD keeps it to you.",
  );
}

/** The passwords in URLs, for messages to leave out. */
export function passwordsIn(urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((url) => {
    if (url === undefined || !URL.canParse(url)) return [];
    const { password } = new URL(url);
    return [password, decoded(password)];
  });
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
