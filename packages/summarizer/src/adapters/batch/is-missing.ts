import { field, numberField } from "../field.js";

/** A web page stands where an API was expected: a wrong address, or something on the way that asks to log in. */
export function isPage(headers: Headers): boolean {
  return (headers.get("content-type") ?? "").includes("text/html");
}

/** Whether an SDK's error says that the API knows no such thing, and not that there is no API. */
export function isMissing(error: unknown): boolean {
  const headers = field(error, "headers");
  return numberField(error, "status") === 404 && !(headers instanceof Headers && isPage(headers));
}
