import { InvalidOptionError } from "../errors/invalid-option-error.js";

const ALLOWED = "an http or https URL without user name, password, query and fragment";

/**
 * The URL that an option names.
 * @throws InvalidOptionError for anything else; it does not show a password that stands in the URL.
 */
export function checkBaseUrl(baseURL: string): URL {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined) throw new InvalidOptionError("baseURL", baseURL, ALLOWED);
  const isPlain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (isPlain && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidOptionError("baseURL", `${url.protocol}//${url.host}`, ALLOWED);
}
