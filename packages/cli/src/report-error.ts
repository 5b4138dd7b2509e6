import { SummarizationError } from "@gro/summarizer";
import { ExitCode } from "./exit-codes.js";
import { withFlagNames } from "./flag-names.js";
import type { MessageOutput } from "./message-output.js";
import { PartFailure } from "./part-failure.js";
import { Interruption } from "./signals.js";
import { UsageError } from "./usage-error.js";

/** Deep enough for every wrapper; a chain that goes on is a circle. */
const MOST_CAUSES = 5;

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}

/** The message of an error and of its causes, except for those that a message before has already told. */
function messagesOf(error: unknown): string[] {
  const messages = [messageOf(error)];
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; depth < MOST_CAUSES && cause !== undefined; depth += 1) {
    const message = messageOf(cause);
    if (!messages.some((told) => told.includes(message))) messages.push(message);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages;
}

/** Whether a provider had no key to work with. */
function isWithoutCredentials(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth <= MOST_CAUSES && cause instanceof Error; depth += 1) {
    if (SummarizationError.isInstance(cause) && cause.context["kind"] === "credentials_missing") return true;
    cause = cause.cause;
  }
  return false;
}

/** Says what ended the run, and with which code the program ends. */
export function reportError(error: unknown, output: MessageOutput): ExitCode {
  if (error instanceof Interruption) {
    output.error(`${error.message}.`);
    return error.exitCode;
  }
  if (error instanceof UsageError) {
    output.error(error.message);
    if (error.hint !== undefined) output.error(error.hint);
    return ExitCode.wrongUsage;
  }
  if (error instanceof PartFailure) {
    output.error(error.message);
    return ExitCode.partFailed;
  }
  const [message = "", ...causes] = messagesOf(error);
  output.error(withFlagNames(message));
  for (const cause of causes) output.error(`because: ${withFlagNames(cause)}`);
  return isWithoutCredentials(error) ? ExitCode.noCredentials : ExitCode.failed;
}
