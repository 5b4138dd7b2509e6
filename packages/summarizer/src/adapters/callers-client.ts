import { InvalidOptionError } from "../errors/invalid-option-error.js";
import { stringField } from "./field.js";

/** Options that say how to make a client, and mean nothing beside one. */
export interface ClientSettings {
  readonly apiKey?: unknown;
  readonly baseURL?: unknown;
  readonly fetch?: unknown;
}

/**
 * Checks a client of an SDK that the caller has passed.
 * @param create what is called of it
 * @param sdk the package that such clients come from
 * @throws InvalidOptionError when it is none, or when options that would mean nothing stand beside it.
 */
export function checkClient(
  client: unknown,
  create: unknown,
  sdk: string,
  { apiKey, baseURL, fetch }: ClientSettings,
): void {
  const needless = Object.entries({ apiKey, baseURL, fetch }).find(([, value]) => value !== undefined);
  if (needless !== undefined) {
    const [option] = needless;
    throw new InvalidOptionError(option, "a value beside a client", "nothing, as the client has its own");
  }
  if (typeof create !== "function") {
    throw new InvalidOptionError("client", client, `a client of ${sdk}`);
  }
}

/** Where a client's calls go, as far as it says so. */
export function addressOfClient(client: unknown, usual: string): string {
  const baseURL = stringField(client, "baseURL");
  return baseURL !== undefined && URL.canParse(baseURL) ? baseURL : usual;
}
