import { field } from "./field.js";

/** Reads a header of an answer by its lower-case name. */
export type ReadHeader = (name: string) => string | undefined;

/** Headers as SDKs hand them over: a `Headers` object or plain properties. */
export function headerReader(headers: unknown): ReadHeader {
  return (name) => {
    const content = headers instanceof Headers ? headers.get(name) : field(headers, name);
    return typeof content === "string" && content !== "" ? content : undefined;
  };
}

const PLAIN_NUMBER = /^\d+(\.\d+)?$/;

/**
 * How long the provider asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as a date.
 * `undefined` when it does not ask, or asks for no time at all.
 */
export function retryAfterOf(header: ReadHeader, now: () => number): number | undefined {
  const milliseconds = header("retry-after-ms");
  if (milliseconds !== undefined && PLAIN_NUMBER.test(milliseconds)) return positive(Number(milliseconds));
  const secondsOrDate = header("retry-after");
  if (secondsOrDate === undefined) return undefined;
  if (PLAIN_NUMBER.test(secondsOrDate)) return positive(Number(secondsOrDate) * 1000);
  return positive(Date.parse(secondsOrDate) - now());
}

function positive(milliseconds: number): number | undefined {
  return milliseconds > 0 ? Math.ceil(milliseconds) : undefined;
}
