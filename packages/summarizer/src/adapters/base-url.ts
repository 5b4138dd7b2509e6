import { InvalidOptionError } from "../errors/invalid-option-error.js";
import { isPlain, withoutSecrets } from "./without-secrets.js";

const ALLOWED = "an http or https URL without user name, password, query and fragment";

/**
 * The URL that an option names.
 * @throws InvalidOptionError for anything else; it shows neither a password that stands in the URL nor a key in its place.
 */
export function checkBaseUrl(baseURL: string): URL {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined) throw new InvalidOptionError("baseURL", shownInstead(baseURL), ALLOWED);
  const isPlain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  const isHttp = /^https?:$/.test(url.protocol);
  if (isPlain && isHttp) return url;
  // Without a scheme, what stands before the first colon is taken for one.
  if (!isHttp && !/[@?#]/u.test(baseURL))
    throw new InvalidOptionError("baseURL", shownInstead(baseURL), ALLOWED);
  throw new InvalidOptionError("baseURL", `${url.protocol}//${url.host}`, ALLOWED);
}

function shownInstead(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return withoutSecrets(value, { secrets: [], model: "", isAboutAccess: false });
}

/** An address as errors tell it: gateways have keys in their paths, and user names may stand before the host. */
export function tellableAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  const path = pathname.replace(/\/$/u, "");
  return isPlain(path) ? `${origin}${path}` : `${origin}/…`;
}
