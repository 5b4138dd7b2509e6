import type { Writable } from "node:stream";
import { codeOf, reasonOf } from "./reason-of.js";

/** The reader of a pipe has what it wanted and is gone, as `head` does. */
const READER_IS_GONE = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

/** Streams tell of a failed write twice; unheard, the event would end the process with a stack. */
export function ignoreErrorEvents(stream: Writable): void {
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
}

function ignore(): void {
  // The callback of the write has the error.
}

/** Hands a text over, and answers when it has been taken: whether there is still a reader. Its leaving is no error. */
export function writeText(stream: Writable, text: string): Promise<boolean> {
  ignoreErrorEvents(stream);
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve(true);
      else if (READER_IS_GONE.has(codeOf(error) ?? "")) resolve(false);
      else reject(new Error(`Cannot write to standard output: ${reasonOf(error)}.`));
    });
  });
}
