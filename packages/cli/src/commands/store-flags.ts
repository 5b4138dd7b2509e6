import { resolve } from "node:path";
import type { Arguments, FlagTable } from "../arguments.js";
import type { Session } from "../environment.js";
import type { StorePath } from "../open-store.js";
import { UsageError } from "../usage-error.js";

export const QUEUE_FLAGS = {
  "queue-path": { value: "Q", variable: "QUEUE_PATH", help: "the directory of the queue" },
} as const satisfies FlagTable;

export const STORE_FLAGS = {
  ...QUEUE_FLAGS,
  "pages-dir": { value: "P", variable: "PAGES_DIR", help: "the directory of the pages, one file each" },
} as const satisfies FlagTable;

function pathFrom<Name extends string>(
  given: Arguments<Name>,
  name: Name,
  { value = "", variable = "" }: { readonly value?: string; readonly variable?: string },
  { environment }: Session,
): StorePath {
  const shownAs = given.text(name);
  if (shownAs === undefined) {
    throw new UsageError(
      `--${name} is missing: add --${name} ${value}, or set the environment variable ${variable}.`,
    );
  }
  const origin = given.originOf(name);
  if (shownAs.includes("\0")) throw new UsageError(`${origin} has a NUL character in it.`);
  return { path: resolve(environment.workingDirectory, shownAs), shownAs, origin };
}

/** @throws UsageError when neither the flag nor the variable names it. */
export function queuePathFrom(given: Arguments<"queue-path">, session: Session): StorePath {
  return pathFrom(given, "queue-path", QUEUE_FLAGS["queue-path"], session);
}

/** @throws UsageError when neither the flag nor the variable names it. */
export function pagesPathFrom(given: Arguments<"pages-dir">, session: Session): StorePath {
  return pathFrom(given, "pages-dir", STORE_FLAGS["pages-dir"], session);
}

/** For commands that take nothing but flags. */
export function refuseOperands(command: string, { positionals }: Pick<Arguments, "positionals">): void {
  if (positionals.length > 0)
    throw new UsageError(`${command} takes flags only, got: ${positionals.join(", ")}.`);
}
