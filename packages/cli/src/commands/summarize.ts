import { resolve } from "node:path";
import type { FileMemo } from "@gro/file-store";
import { streamSummary, summarize, type SummarizeOptions } from "@gro/summarizer";
import type { Arguments } from "../arguments.js";
import { chooseModel } from "../choose-model.js";
import { defineCommand } from "../command.js";
import type { Session } from "../environment.js";
import { PROVIDER_VARIABLES } from "../environment-help.js";
import { withFlagNames } from "../flag-names.js";
import { figuresOf } from "../figures.js";
import { readInput, STANDARD_INPUT } from "../input.js";
import { MessageOutput } from "../message-output.js";
import { growingText, jsonLines, printStream, type StreamPrinter } from "../print-stream.js";
import { openMemo } from "../open-store.js";
import { showProgress, type ProgressLine } from "../progress-line.js";
import { UsageError } from "../usage-error.js";
import { writeText } from "../write-text.js";
import { numberOf, planSettingsFrom, withFlagError } from "./plan-settings.js";
import { warnOfVisibleKey } from "./provider-flags.js";
import { SUMMARIZE_FLAGS, type SummarizeFlag } from "./summarize-flags.js";

/** Where the text comes from. */
function fileFrom(given: Arguments<SummarizeFlag>): string {
  const [file = STANDARD_INPUT, ...others] = given.positionals;
  if (others.length > 0) {
    throw new UsageError(
      `summarize takes one FILE, got ${given.positionals.length}: ${given.positionals.join(", ")}.`,
      "Several files become one text with: cat FILE... | gro-summarizer summarize",
    );
  }
  // An unset variable of a shell script, most likely: to wait for standard input would help nobody.
  if (file === "") throw new UsageError("The name of the FILE is empty.");
  if (file === STANDARD_INPUT && given.text("prior-summary") === STANDARD_INPUT) {
    throw new UsageError("Only one can come from standard input: the text or --prior-summary.");
  }
  return file;
}

/** How the run is shown on standard output while it goes on; `undefined` for nothing before its end. */
function printerFrom(
  given: Arguments<SummarizeFlag>,
  { environment: { stdout } }: Session,
  output: MessageOutput,
  progress: ProgressLine,
): StreamPrinter | undefined {
  if (!given.has("stream")) return undefined;
  if (given.has("json")) return jsonLines(stdout);
  // Into a pipe or a file goes what stays: a draft that is replaced in the end must not be in it.
  if (stdout.isTTY !== true) return undefined;
  return growingText(stdout, {
    onBeginning: () => progress.stop(),
    async onDraft() {
      if (output.isWatched) output.notice("that was a draft; the summary begins anew:");
      else await writeText(stdout, "---\n");
    },
  });
}

/** Keeps answers between runs, where the user names a directory for them. */
async function memoFrom(
  given: Arguments<SummarizeFlag>,
  { environment: { clock, workingDirectory } }: Session,
): Promise<FileMemo | undefined> {
  const shownAs = given.text("memo");
  if (shownAs === undefined) return undefined;
  return openMemo({ path: resolve(workingDirectory, shownAs), shownAs, origin: "--memo" }, clock);
}

/** Finds wrong options before anybody waits for input: the library checks them even where there is no text. */
async function check(options: SummarizeOptions): Promise<void> {
  await summarize("", options);
}

async function summarizeFile(given: Arguments<SummarizeFlag>, session: Session): Promise<void> {
  const { environment, signal } = session;
  const { clock, stdout } = environment;
  const output = new MessageOutput(environment.stderr, {
    isQuiet: given.has("quiet"),
    secrets: session.secrets,
  });

  const file = fileFrom(given);
  warnOfVisibleKey(given, output);
  const { model, notice } = await chooseModel(given, environment);
  const settings = {
    ...planSettingsFrom(given),
    maxConcurrency: numberOf(given.text("max-concurrency")),
    timeoutMs: numberOf(given.text("timeout")),
    model,
    clock,
    signal,
  };
  await check(settings);
  const memo = await memoFrom(given, session);
  const priorFile = given.text("prior-summary");
  const priorSummary = priorFile === undefined ? undefined : await readInput(priorFile, session, output);
  const content = await readInput(file, session, output);

  if (notice !== undefined) output.notice(notice);
  const progress = showProgress(output, clock);
  const printer = printerFrom(given, session, output, progress);
  const options = { ...settings, memo, priorSummary, events: progress.events };
  let result;
  try {
    result =
      printer === undefined
        ? await summarize(content, options)
        : await printStream(streamSummary(content, options), printer);
  } finally {
    progress.stop();
    await memo?.close();
  }
  if (result === undefined) return;

  if (printer === undefined) {
    if (given.has("json")) await writeText(stdout, `${JSON.stringify(result)}\n`);
    else if (result.summary !== null) await writeText(stdout, withLineEnd(result.summary));
  }
  if (result.summary === null) output.notice("the text is blank: there is nothing to summarize.");
  for (const { message } of result.warnings) output.warning(withFlagNames(message));
  if (output.isWatched) output.notice(figuresOf(result, progress.elapsed()));
}

/** A text that fits is printed as it is, and it may have its last line end already. */
function withLineEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

export const summarizeCommand = defineCommand(
  {
    name: "summarize",
    operands: "[FILE|-]",
    summary: "summarize a file or standard input",
    description: [
      "Summarizes a text file, or standard input where no FILE or - is given. The summary goes to",
      "standard output, everything else to standard error. A text that fits the target is printed as",
      "it is. Texts are UTF-8, or UTF-16 with a byte order mark.",
      "",
      "Without a key an offline model picks sentences from the text. With --provider openai any server",
      "that speaks like OpenAI will do: name it with --base-url and its model with --model.",
    ],
    variables: PROVIDER_VARIABLES,
    flags: SUMMARIZE_FLAGS,
  },
  async (given, session) => {
    try {
      await summarizeFile(given, session);
    } catch (error) {
      throw withFlagError(error, given, SUMMARIZE_FLAGS);
    }
  },
);
