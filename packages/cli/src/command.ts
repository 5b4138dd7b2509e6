import { readArguments, type Arguments, type FlagTable } from "./arguments.js";
import type { Session } from "./environment.js";
import { commandUsage, type CommandDescription } from "./usage-text.js";
import { version } from "./version.js";
import { writeText } from "./write-text.js";

/** Something that the program can do. */
export interface Command extends CommandDescription {
  /** Rejects with what went wrong; a UsageError means that the user can put it right. */
  run(argv: readonly string[], session: Session): Promise<void>;
}

/** A command by its flags and what it does with them; `--help` and `--version` are the same in all. */
export function defineCommand<Name extends string>(
  description: CommandDescription & { readonly flags: FlagTable<Name> },
  act: (given: Arguments<Name>, session: Session) => Promise<void>,
): Command {
  return {
    ...description,
    async run(argv, session) {
      const { stdout, variables } = session.environment;
      const hint = `See "gro-summarizer help ${description.name}".`;
      const given = readArguments(argv, description.flags, hint, variables);
      if (given.has("help")) await writeText(stdout, commandUsage(description));
      else if (given.has("version")) await writeText(stdout, `${version}\n`);
      else await act(given, session);
    },
  };
}
