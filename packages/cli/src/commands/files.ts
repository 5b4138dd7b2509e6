import type { Arguments } from "../arguments.js";
import { STANDARD_INPUT } from "../input.js";
import { UsageError } from "../usage-error.js";

/**
 * The files that a command is about, at least one.
 * @param example A command line that is right.
 * @param others What else may be read from standard input.
 */
export function filesFrom(
  given: Pick<Arguments, "positionals">,
  command: string,
  example: string,
  others: readonly (string | undefined)[] = [],
): readonly string[] {
  const files = given.positionals;
  if (files.length === 0) {
    throw new UsageError(
      `${command} takes at least one FILE, or - for standard input.`,
      `For example: gro-summarizer ${example}`,
    );
  }
  if (files.includes("")) throw new UsageError("The name of a FILE is empty.");
  const fromInput = [...files, ...others].filter((file) => file === STANDARD_INPUT);
  if (fromInput.length > 1) throw new UsageError("Standard input can be read once: give one - only.");
  return files;
}
