import { field, numberField, stringField } from "../field.js";

/** A web page stands where an API was expected: a wrong address, or something on the way that asks to log in. */
export function isPage(headers: Headers): boolean {
  return (headers.get("content-type") ?? "").includes("text/html");
}

/** What APIs say of an address that they do not have, whatever is asked for there. */
const NO_SUCH_ADDRESS = /\b(url|route|endpoint|path)\b/iu;

/**
 * Whether an SDK's error says that the API knows no such thing, and not that there is no API: only the API's own answer counts, an
 * `error` with words of its own. Anything on the way can answer 404, and what is paid for would be given up.
 */
export function isMissing(error: unknown): boolean {
  const headers = field(error, "headers");
  if (numberField(error, "status") !== 404 || (headers instanceof Headers && isPage(headers))) return false;
  // One SDK keeps the whole answer, the other what is inside.
  const body = field(error, "error");
  const words = stringField(field(body, "error") ?? body, "message");
  return words !== undefined && !NO_SUCH_ADDRESS.test(words);
}
