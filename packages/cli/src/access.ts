import type { RemoteProvider } from "./providers.js";
import { UsageError } from "./usage-error.js";
import type { Variables } from "./variables.js";

/** A setting and where it was found: a flag, or an environment variable. */
export interface Found {
  readonly value: string;
  readonly origin: string;
}

/** What a header can carry. A key with a line break in it has been copied wrongly, and headers' errors would show it. */
const KEY = /^[\u0021-\u007e]+$/u;

/** Whether it can be a key, whoever gives one. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

function find(
  flag: string,
  given: string | undefined,
  variable: string,
  variables: Variables,
): Found | undefined {
  const isGiven = given !== undefined;
  const value = (isGiven ? given : variables[variable])?.trim() ?? "";
  return value === "" ? undefined : { value, origin: isGiven ? flag : variable };
}

/** Whether the environment has a key for the provider, good or not. */
export function hasKey({ keyVariable }: RemoteProvider, variables: Variables): boolean {
  return find("--api-key", undefined, keyVariable, variables) !== undefined;
}

/**
 * The provider's key: of `--api-key`, or else of the environment. An empty variable counts as none.
 * @throws UsageError for what cannot be a key; it does not show it.
 */
export function findKey(
  { keyVariable }: RemoteProvider,
  given: string | undefined,
  variables: Variables,
): Found | undefined {
  const key = find("--api-key", given, keyVariable, variables);
  if (key === undefined || isKey(key.value)) return key;
  throw new UsageError(
    `${key.origin} holds no key: there are spaces, line breaks or characters beyond ASCII in it. Copy the key once more.`,
  );
}

export const EXPECTED_URL =
  "an http or https URL without user name, password, query and fragment, such as http://localhost:11434/v1";

export function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/u.test(protocol) && `${username}${password}${search}${hash}` === "";
}

/** Whether a URL is better not shown. */
export function mayHoldPassword(text: string): boolean {
  return /[@?#]/u.test(text);
}

/**
 * Where the provider is reached: by `--base-url`, or else by the environment.
 * @throws UsageError for what cannot be that. It shows nothing that may have a password in it.
 */
export function findBaseUrl(
  { baseUrlVariable }: RemoteProvider,
  given: string | undefined,
  variables: Variables,
): Found | undefined {
  const found = find("--base-url", given, baseUrlVariable, variables);
  if (found === undefined || isPlainUrl(found.value)) return found;
  const got = mayHoldPassword(found.value) ? "" : ` got ${JSON.stringify(found.value)},`;
  throw new UsageError(`${found.origin}:${got} expected ${EXPECTED_URL}.`);
}
