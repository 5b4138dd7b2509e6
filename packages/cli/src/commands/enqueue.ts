import { estimate, tiktoken } from "@gro/summarizer";
import { prepareTokenizer } from "@gro/summarizer/executor";
import type { SummaryRequest } from "@gro/queue";
import type { Arguments, FlagTable } from "../arguments.js";
import { defineCommand } from "../command.js";
import { warnOfVisiblePassword } from "../database-place.js";
import type { Session } from "../environment.js";
import { readInput } from "../input.js";
import { MessageOutput } from "../message-output.js";
import { withStore } from "../open-store.js";
import { PageIntake } from "../page-intake.js";
import { pageOfFile, type PageFacts } from "../page-of-file.js";
import { PartFailure } from "../part-failure.js";
import { reasonOf } from "../reason-of.js";
import { UsageError } from "../usage-error.js";
import { writeText } from "../write-text.js";
import { filesFrom } from "./files.js";
import { TARGET_FLAGS } from "./plan-flags.js";
import { textSettingsFrom, withFlagError } from "./plan-settings.js";
import { STORE_FLAGS, storePlaceFrom } from "./store-flags.js";

const ENQUEUE_FLAGS = {
  ...STORE_FLAGS,
  label: { value: "L", help: "what people see of the pages (default: the name of the file)" },
  lane: { value: "L", help: "the host's lane, such as assistant or tool" },
  "target-tokens": { value: "N", help: "the longest summary, in tokens (default 3000)" },
  "content-type": TARGET_FLAGS["content-type"],
  json: { help: "print the pages as one JSON object" },
} as const satisfies FlagTable;

type EnqueueFlag = keyof typeof ENQUEUE_FLAGS;

/** Finds wrong options before anything is read or written: the library checks them even where there is no text. */
async function requestFrom(given: Arguments<EnqueueFlag>): Promise<SummaryRequest> {
  const settings = textSettingsFrom(given);
  await estimate("", { ...settings, model: { id: "any" } });
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

async function takeAll(
  files: readonly string[],
  intake: PageIntake,
  given: Arguments<EnqueueFlag>,
  session: Session,
  output: MessageOutput,
): Promise<void> {
  const { tokenizer, warning } = await prepareTokenizer(tiktoken("o200k_base"), session.signal);
  if (warning !== undefined) output.warning(warning.message);
  const facts: PageFacts = {
    now: session.environment.clock.now(),
    countTokens: (content) => tokenizer.count(content),
  };
  const wishes = { label: given.text("label"), lane: given.text("lane") };
  for (const file of files) {
    try {
      const text = await readInput(file, session, output);
      await intake.take(pageOfFile(file, text, wishes, facts));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      intake.fail({ file, reason: error.message });
    }
    session.signal.throwIfAborted();
  }
}

async function enqueue(given: Arguments<EnqueueFlag>, session: Session): Promise<void> {
  const { stdout } = session.environment;
  const output = new MessageOutput(session.environment.stderr, { secrets: session.secrets });
  const files = filesFrom(given, "enqueue", "enqueue notes.txt --queue-path queue --pages-dir pages");
  const place = storePlaceFrom(given, session);
  warnOfVisiblePassword(given, output);
  const request = await requestFrom(given);
  const isJson = given.has("json");

  await withStore(place, session, async (store) => {
    const printed = new Set<string>();
    const intake = new PageIntake({
      store,
      request,
      label: given.text("label"),
      output,
      onEnqueued: async ({ pageId }) => {
        if (!isJson && !printed.has(pageId)) await writeText(stdout, `${pageId}\n`);
        printed.add(pageId);
      },
    });
    try {
      await takeAll(files, intake, given, session, output);
      await intake.flush();
    } catch (error) {
      intake.failRest(files, reasonOf(error));
      throw error;
    } finally {
      // What is queued is told whatever came after it.
      const { enqueued, failed } = intake;
      const pageIds = [...new Set(enqueued.map(({ pageId }) => pageId))];
      if (isJson) await writeText(stdout, `${JSON.stringify({ pageIds, pages: enqueued, failed })}\n`);
    }
    const failures = intake.failed.length;
    if (failures === 0) return;
    if (intake.enqueued.length === 0) throw new UsageError("Nothing was queued.");
    throw new PartFailure(`${failures} of ${files.length} files could not be queued.`);
  });
}

export const enqueueCommand = defineCommand(
  {
    name: "enqueue",
    operands: "FILE...",
    summary: "queue files for a worker, which summarizes them at half price",
    description: [
      "Makes a page of each text file (- for standard input), saves it, puts it into the queue and prints",
      "its id. An id that is printed is on the disk: a worker will summarize the page, whatever is killed",
      "when. A page that a host has written (.json, with id and content) is taken as it is. The same text",
      "is the same page, and is queued once.",
    ],
    flags: ENQUEUE_FLAGS,
  },
  async (given, session) => {
    try {
      await enqueue(given, session);
    } catch (error) {
      throw withFlagError(error, given, ENQUEUE_FLAGS);
    }
  },
);
