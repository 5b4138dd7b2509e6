/** A `code` as PostgreSQL and Node give it: five characters of SQL, or a name such as `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  // Node tells of several addresses that it has tried one by one.
  if ("errors" in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return undefined;
}

/** A statement that was prepared on one connection of the server, and is asked for on another. */
const SHARED_BY_TRANSACTION =
  "prepared statements do not last on this connection, as where a PgBouncer shares connections by transaction: " +
  "give the store `preparedStatements: false` and `listen: false`, or the command line --pooling transaction";

/** What somebody has to mend before the same call can succeed. */
const FOR_SOMEBODY: Readonly<Record<string, string>> = {
  "28P01": "the password was refused",
  "28000": "the login was refused",
  "3D000": "there is no such database",
  "42501": "permission was denied",
  "42P01": "a table of the store is missing",
  "3F000": "the schema of the store is missing",
  "42703": "a column of the store is missing",
  "42704": "something of the store is missing",
  "42P05": SHARED_BY_TRANSACTION,
  "26000": SHARED_BY_TRANSACTION,
  ENOTFOUND: "there is no host of this name",
  ERR_INVALID_URL: "the connection string is no URL",
};

/** What passes by itself, or when the server is well again. */
const FOR_LATER: Readonly<Record<string, string>> = {
  "25P03": "a transaction was idle for longer than the server allows",
  "25P04": "a transaction took longer than the server allows",
  "25006":
    "the server takes no changes: it is a standby or about to be one, or default_transaction_read_only is on for this user",
  "40001": "another transaction was in the way",
  "40P01": "another transaction was in the way",
  "53100": "the server's disk is full",
  "53200": "the server is out of memory",
  "53300": "the server has too many connections",
  "55P03": "a lock was not to be had in time",
  "57014": "the statement took longer than the server allows",
  "57P01": "the server is being stopped",
  "57P02": "the server has crashed",
  "57P03": "the server is starting or stopping",
  ECONNREFUSED: "nothing answers there",
  ECONNABORTED: "the connection was cut",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "the server did not answer in time",
  EHOSTDOWN: "the host cannot be reached",
  EHOSTUNREACH: "the host cannot be reached",
  ENETDOWN: "the network cannot be reached",
  ENETRESET: "the network cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  EADDRNOTAVAIL: "this machine has no port left",
  EMFILE: "this process has too many files and connections open",
  ENFILE: "this machine has too many files and connections open",
  EAI_AGAIN: "names of hosts cannot be looked up at the moment",
};

/** Classes of SQL states that concern the connection or the server, not the call. */
const LATER_CLASSES = new Set(["08", "53", "57", "58"]);
/** The driver gives these no code. */
const LATER_MESSAGES = /terminat|timeout|timed out|closed|not queryable|unexpectedly/iu;
/** What the driver says when the server asks for a password and there is none, or an empty one. */
const NO_PASSWORD = /client password must be a (non-empty )?string/u;

/** An error of the driver in words. */
export interface Trouble {
  readonly reason: string;
  /** Whether the same call may succeed later without a change. */
  readonly isRetryable: boolean;
  readonly code: string | null;
}

/** Errors of the server and the driver never hold the password; what they quote of values stays behind in `cause`. */
export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === undefined && NO_PASSWORD.test(message)) {
    const reason =
      "the server asks for a password, and none was given: put it into the URL (postgres://user:password@host/database), " +
      "the `password` of your pool, PGPASSWORD or ~/.pgpass";
    return { reason, isRetryable: false, code: null };
  }
  if (code === undefined) {
    return { reason: message, isRetryable: LATER_MESSAGES.test(message), code: null };
  }
  const mend = isOtherStatement(message, code) ? SHARED_BY_TRANSACTION : FOR_SOMEBODY[code];
  if (mend !== undefined) return { reason: `${mend} (${code})`, isRetryable: false, code };
  const later = isSocketMissing(error, code) ? "nothing answers there" : FOR_LATER[code];
  if (later !== undefined) return { reason: `${later} (${code})`, isRetryable: true, code };
  const isLater = LATER_CLASSES.has(code.slice(0, 2)) && /^[0-9A-Z]{5}$/u.test(code);
  return { reason: `${message} (${code})`, isRetryable: isLater, code };
}

/** The name of a prepared statement stands for another one, with other values. This code tells of many things that pass as well. */
function isOtherStatement(message: string, code: string): boolean {
  return code === "08P01" && message.includes("prepared statement");
}

/** A stopped server takes its Unix socket away. Other files that are missing, such as a certificate, stay missing. */
function isSocketMissing(error: unknown, code: string): boolean {
  if (code !== "ENOENT" || typeof error !== "object" || error === null) return false;
  return "syscall" in error && error.syscall === "connect";
}

/** Whether nothing was done because two transactions were in each other's way: the same statement at once may do. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40001" || code === "40P01";
}

/** Whether an insert met a row with the same key. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === "23505";
}

/** The constraint that a statement broke. */
export function constraintOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("constraint" in error)) return undefined;
  return typeof error.constraint === "string" ? error.constraint : undefined;
}
