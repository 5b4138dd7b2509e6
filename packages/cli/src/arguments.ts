import { parseArgs } from "node:util";
import { suggestion } from "./nearest-name.js";
import { UsageError } from "./usage-error.js";
import type { Variables } from "./variables.js";

/** One flag of a command. */
export interface Flag {
  /** Stands for its value in the help. A flag without it is a switch. */
  readonly value?: string;
  /** What it does. A flag without it is understood, to answer with more than "unknown", but not offered. */
  readonly help?: string;
  /** Whether no message may show its value. */
  readonly isSecret?: boolean;
  /** The environment variable that stands in where the flag is not given. */
  readonly variable?: string;
}

/** Flags by name, without the dashes. */
export type FlagTable<Name extends string = string> = Readonly<Record<Name, Flag>>;

/** What the user wrote. */
export interface Arguments<Name extends string = string> {
  readonly positionals: readonly string[];
  /**
   * The value of a flag, the last one where it is given several times; else that of its environment variable. An empty variable counts
   * as none.
   */
  text(name: Name): string | undefined;
  /** Whether the flag itself was given. */
  has(name: Name): boolean;
  /** Where the value of `text` comes from, for messages: the flag with its dashes, or the variable. */
  originOf(name: Name): string;
}

/** Every command can be asked what it does. */
export const HELP_FLAGS = {
  help: { help: "show this text" },
  version: { help: "show the version" },
} as const satisfies FlagTable;

function isNegativeNumber(text: string): boolean {
  return /^-[\d.]/u.test(text);
}

function checkedValue(
  name: string,
  flag: Flag,
  value: string | undefined,
  isInline: boolean | undefined,
): string {
  const example = `--${name} ${flag.value ?? ""}`.trimEnd();
  if (value === undefined) throw new UsageError(`--${name} needs a value: ${example}.`);
  if (isInline !== true && value.length > 1 && value.startsWith("-") && !isNegativeNumber(value)) {
    const shown = flag.isSecret === true ? flag.value : value;
    throw new UsageError(
      `--${name} needs a value: ${example}. A value that begins with a dash is written --${name}=${shown}.`,
    );
  }
  if (value.trim() === "") throw new UsageError(`--${name} got an empty value, expected ${example}.`);
  return value;
}

/**
 * Reads the arguments of a command. `--help` goes before everything else that may be wrong with them.
 * @param hint The second line of every complaint.
 * @param variables What stands in for flags that have a variable.
 * @throws UsageError for flags that the table does not have, and values where they should not be or are missing.
 */
export function readArguments<Name extends string>(
  argv: readonly string[],
  flags: FlagTable<Name>,
  hint: string,
  variables: Variables = {},
): Arguments<Name | keyof typeof HELP_FLAGS> {
  const known = new Map<string, Flag>(Object.entries({ ...flags, ...HELP_FLAGS }));
  try {
    return withVariables(read(argv, known), known, variables);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, hint) : error;
  }
}

/** The words of a command line. */
interface Words {
  readonly positionals: readonly string[];
  /** Flags that are given, with their values. */
  readonly given: ReadonlyMap<string, string | undefined>;
}

function withVariables(
  { positionals, given }: Words,
  known: ReadonlyMap<string, Flag>,
  variables: Variables,
): Arguments {
  const standIn = (name: string) => {
    const variable = known.get(name)?.variable;
    const value = variable === undefined ? undefined : variables[variable]?.trim();
    return variable === undefined || value === undefined || value === "" ? undefined : { variable, value };
  };
  return {
    positionals,
    text: (name) => (given.has(name) ? given.get(name) : standIn(name)?.value),
    has: (name) => given.has(name),
    originOf: (name) => (given.has(name) ? undefined : standIn(name)?.variable) ?? `--${name}`,
  };
}

function read(argv: readonly string[], known: ReadonlyMap<string, Flag>): Words {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      [...known].map(([name, flag]) => [
        name,
        { type: flag.value === undefined ? "boolean" : "string", ...(name === "help" && { short: "h" }) },
      ]),
    ),
    // Its own messages say less than ours.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const given = new Map<string, string | undefined>();
  const positionals: string[] = [];
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) {
    given.set("help", undefined);
    return { positionals, given };
  }
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const flag = known.get(name);
    if (flag === undefined) {
      const offered = [...known].filter(([, { help }]) => help !== undefined).map(([other]) => `--${other}`);
      throw new UsageError(`Unknown flag ${rawName}.${suggestion(rawName, offered)}`);
    }
    if (flag.value !== undefined) given.set(name, checkedValue(name, flag, value, inlineValue));
    else if (value === undefined) given.set(name, undefined);
    else throw new UsageError(`${rawName} takes no value, got ${JSON.stringify(value)}.`);
  }
  return { positionals, given };
}
