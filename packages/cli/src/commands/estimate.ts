import { estimate, type Estimate, type EstimateOptions } from "@gro/summarizer";
import type { Arguments, FlagTable } from "../arguments.js";
import { nameModel } from "../choose-provider.js";
import { defineCommand } from "../command.js";
import type { Session } from "../environment.js";
import { KEY_VARIABLES } from "../environment-help.js";
import { withFlagNames } from "../flag-names.js";
import { readInput } from "../input.js";
import { MessageOutput } from "../message-output.js";
import { PartFailure } from "../part-failure.js";
import { UsageError } from "../usage-error.js";
import { writeText } from "../write-text.js";
import { filesFrom } from "./files.js";
import { estimateTable, totalOf, type EstimateFigures } from "./estimate-table.js";
import { CHUNK_FLAGS, TARGET_FLAGS } from "./plan-flags.js";
import { planSettingsFrom, withFlagError } from "./plan-settings.js";

const ESTIMATE_FLAGS = {
  ...TARGET_FLAGS,
  model: { value: "ID", help: "whose price counts, such as gpt-4o-mini (default: what summarize takes)" },
  ...CHUNK_FLAGS,
  json: { help: "print the estimates as one JSON object" },
  quiet: { help: "print nothing but the result and errors" },
} as const satisfies FlagTable;

type EstimateFlag = keyof typeof ESTIMATE_FLAGS;

interface FileEstimate extends Estimate {
  /** As the user wrote it. */
  readonly file: string;
}

/** The estimates of the files that can be read; complains about the others. A single file must be readable. */
async function estimateEach(
  files: readonly string[],
  options: EstimateOptions,
  session: Session,
  output: MessageOutput,
): Promise<FileEstimate[]> {
  const estimates: FileEstimate[] = [];
  for (const file of files) {
    let content;
    try {
      content = await readInput(file, session, output);
    } catch (error) {
      if (!(error instanceof UsageError) || files.length === 1) throw error;
      output.error(error.message);
      continue;
    }
    const one = await estimate(content, options);
    session.signal.throwIfAborted();
    for (const { message } of one.warnings) output.warning(`${file}: ${withFlagNames(message)}`);
    estimates.push({ file, ...one });
  }
  return estimates;
}

/** What can be added up: neither the file nor what was said about it. */
function figuresAlone({ file: _file, warnings: _warnings, ...figures }: FileEstimate): EstimateFigures {
  return figures;
}

async function estimateFiles(given: Arguments<EstimateFlag>, session: Session): Promise<void> {
  const { environment } = session;
  const { stdout } = environment;
  const output = new MessageOutput(environment.stderr, {
    isQuiet: given.has("quiet"),
    secrets: session.secrets,
  });
  const files = filesFrom(given, "estimate", "estimate notes.txt --target-tokens 500", [
    given.text("prior-summary"),
  ]);
  const { id, reasoningTokens, notice } = await nameModel(given.text("model"), environment);
  const settings = { ...planSettingsFrom(given), model: { id, reasoningTokens } };
  // Finds wrong options before anything is read.
  await estimate("", settings);
  const priorFile = given.text("prior-summary");
  const priorSummary = priorFile === undefined ? undefined : await readInput(priorFile, session, output);
  if (notice !== undefined) output.notice(notice);

  const estimates = await estimateEach(files, { ...settings, priorSummary }, session, output);
  const [first, ...others] = estimates.map(figuresAlone);
  if (first === undefined) throw new UsageError("None of the files can be read.");
  const total = totalOf([first, ...others]);
  if (given.has("json")) {
    await writeText(stdout, `${JSON.stringify({ model: id, files: estimates, total })}\n`);
  } else {
    const tables = estimates.map(({ file, ...figures }) => estimateTable(file, figures));
    if (others.length > 0) tables.push(estimateTable(`total of ${estimates.length} files`, total));
    await writeText(stdout, tables.join("\n"));
  }
  const failed = files.length - estimates.length;
  if (failed > 0) throw new PartFailure(`${failed} of ${files.length} files could not be estimated.`);
}

export const estimateCommand = defineCommand(
  {
    name: "estimate",
    operands: "FILE...",
    summary: "say what summaries will take, without a call",
    description: [
      "Says for each text file (- for standard input) what its summary will take, without asking a model:",
      "calls, tokens and cost, likely and at worst, live and through a batch API. Retries come on top.",
      "Tokens are counted as OpenAI's newest models count them; other vendors' may be 30% more, for other",
      "scripts than Latin several times as many. The worst case covers that.",
      "",
      "A model is named as its vendor names it, or with the vendor before it: anthropic:claude-haiku-4-5.",
    ],
    flags: ESTIMATE_FLAGS,
    variables: KEY_VARIABLES,
  },
  async (given, session) => {
    try {
      await estimateFiles(given, session);
    } catch (error) {
      throw withFlagError(error, given, ESTIMATE_FLAGS);
    }
  },
);
