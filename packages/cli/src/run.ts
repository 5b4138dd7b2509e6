import { readArguments } from "./arguments.js";
import type { Command } from "./command.js";
import { enqueueCommand } from "./commands/enqueue.js";
import { estimateCommand } from "./commands/estimate.js";
import { migrateCommand } from "./commands/migrate.js";
import { retryCommand } from "./commands/retry.js";
import { statusCommand } from "./commands/status.js";
import { summarizeCommand } from "./commands/summarize.js";
import { workerCommand } from "./commands/worker.js";
import type { Environment, Session } from "./environment.js";
import { ExitCode } from "./exit-codes.js";
import { MessageOutput } from "./message-output.js";
import { suggestion } from "./nearest-name.js";
import { reportError } from "./report-error.js";
import { secretsIn } from "./secrets.js";
import { watchSignals } from "./signals.js";
import { commandUsage, programUsage } from "./usage-text.js";
import { UsageError } from "./usage-error.js";
import { version } from "./version.js";
import { writeText } from "./write-text.js";

const COMMANDS: readonly Command[] = [
  summarizeCommand,
  estimateCommand,
  enqueueCommand,
  workerCommand,
  statusCommand,
  retryCommand,
  migrateCommand,
];

const HINT = 'A command comes first, then its flags: see "gro-summarizer help".';

function commandNamed(name: string): Command {
  const command = COMMANDS.find((known) => known.name === name);
  if (command !== undefined) return command;
  const names = [...COMMANDS.map((known) => known.name), "help"];
  throw new UsageError(`Unknown command ${JSON.stringify(name)}.${suggestion(name, names)}`, HINT);
}

/** `help`, and `help summarize`. */
function helpText(argv: readonly string[]): string {
  const [name, ...others] = readArguments(argv, {}, HINT).positionals;
  if (others.length > 0) throw new UsageError("help takes one command.", HINT);
  return name === undefined || name === "help" ? programUsage(COMMANDS) : commandUsage(commandNamed(name));
}

/** Where the first word is a flag, only `--help` and `--version` make sense. */
function answerWithoutCommand(argv: readonly string[]): string {
  const given = readArguments(argv, {}, HINT);
  if (given.has("help")) return programUsage(COMMANDS);
  if (given.has("version")) return `${version}\n`;
  throw new UsageError("The command is missing.", HINT);
}

/** Does what is asked; rejects with what went wrong. */
async function dispatch(argv: readonly string[], session: Session): Promise<void> {
  const { stdout } = session.environment;
  const [name, ...rest] = argv;
  if (name === undefined || name.startsWith("-")) await writeText(stdout, answerWithoutCommand(argv));
  else if (name === "help") await writeText(stdout, helpText(rest));
  else await commandNamed(name).run(rest, session);
}

/**
 * The program: does what `argv` (without the program's own name) says, and answers with the exit code. Never
 * rejects: what goes wrong is said on the environment's stderr.
 */
export async function run(argv: readonly string[], environment: Environment): Promise<ExitCode> {
  const watch = watchSignals(environment);
  const secrets = secretsIn(argv, environment);
  try {
    await dispatch(argv, { environment, signal: watch.signal, secrets });
    return ExitCode.done;
  } catch (error) {
    // After a signal, whatever breaks breaks because of it.
    const reason: unknown = watch.signal.aborted ? watch.signal.reason : error;
    return reportError(reason, new MessageOutput(environment.stderr, { secrets }));
  } finally {
    watch.release();
  }
}
