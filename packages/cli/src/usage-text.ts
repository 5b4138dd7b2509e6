import { HELP_FLAGS, type FlagTable } from "./arguments.js";

/** What the help says about a command. */
export interface CommandDescription {
  readonly name: string;
  /** What follows the name, apart from flags. */
  readonly operands: string;
  /** Half a line. */
  readonly summary: string;
  /** Whole lines. */
  readonly description: readonly string[];
  readonly flags: FlagTable;
  /** Environment variables that it reads beside those of its flags, and what they do. */
  readonly variables?: readonly (readonly [names: string, help: string])[];
}

/** Two columns, the first as wide as its widest entry. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function flagRows(flags: FlagTable): [string, string][] {
  return Object.entries(flags).flatMap(([name, { value, help }]) =>
    help === undefined ? [] : [[value === undefined ? `--${name}` : `--${name} ${value}`, help]],
  );
}

/** Variables that stand in for flags. */
function variableRows(flags: FlagTable): [string, string][] {
  return Object.entries(flags).flatMap(([name, { variable }]) =>
    variable === undefined ? [] : [[variable, `where --${name} is not given`]],
  );
}

/** The help of one command. */
export function commandUsage(command: CommandDescription): string {
  const variables = [...variableRows(command.flags), ...(command.variables ?? [])];
  return [
    `Usage: ${["gro-summarizer", command.name, command.operands, "[flags]"].filter((word) => word !== "").join(" ")}`,
    "",
    ...command.description,
    "",
    "Flags:",
    ...columns(flagRows({ ...command.flags, ...HELP_FLAGS })),
    ...(variables.length === 0 ? [] : ["", "Environment:", ...columns(variables)]),
    "",
  ].join("\n");
}

/** The help of the program. */
export function programUsage(commands: readonly CommandDescription[]): string {
  return [
    "Usage: gro-summarizer <command> [flags]",
    "",
    "Summaries of texts of any length, to the length you ask for.",
    "",
    "Commands:",
    ...columns([
      ...commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trimEnd(), summary] as const),
      ["help [command]", "show this text, or the flags of a command"],
    ]),
    "",
    "Flags:",
    ...columns(flagRows(HELP_FLAGS)),
    "",
    "Example:",
    "  gro-summarizer summarize war-and-peace.txt --target-tokens 1000",
    "",
    "Ends with 0 when done, 1 when it failed, 2 when used wrongly, 3 when a part failed, 4 when there is",
    "no key, 130 or 143 when stopped by a signal.",
    "",
  ].join("\n");
}
