import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startWorkerProcess } from "@gro/cli";
import { fileStore } from "@gro/file-store";
import { approximate } from "@gro/summarizer";
import { VirtualMemory, type ChatMessage } from "@gro/virtual-memory";

/** What the process is told, as JSON in its only argument. */
export interface ChatHostSettings {
  readonly directory: string;
  readonly budgets: { readonly workingMemoryTokens: number; readonly pageSlotTokens: number };
  /** What runs the worker. */
  readonly program: readonly string[];
  /** A file with the messages of the chat. */
  readonly messagesFile: string;
  /** Where the memory is saved after each turn. */
  readonly stateFile: string;
}

interface Saved {
  readonly next: number;
  readonly state: unknown;
}

/** A host that lives through a chat, saves its memory after each turn, and goes on from there when it is started again. */
const settings = JSON.parse(process.argv[2] ?? "{}") as ChatHostSettings;
const { directory, budgets, program, messagesFile, stateFile } = settings;
const messages = JSON.parse(readFileSync(messagesFile, "utf8")) as readonly ChatMessage[];
const tokenizer = approximate();
const store = fileStore(directory);
const options = {
  ...{ store, tokenizer, enableBatchSummarization: true, ...budgets },
  startWorker: () =>
    startWorkerProcess({
      ...{ queuePath: directory, pagesDir: join(directory, "pages"), program },
      ...{ firstWaitMs: 1, steadyAfterMs: 1, stopWithinMs: 0 },
    }),
};

const saved = existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8")) as Saved) : undefined;
const memory =
  saved === undefined ? new VirtualMemory(options) : VirtualMemory.fromState(saved.state, options);

function save(next: number): void {
  writeFileSync(`${stateFile}.new`, JSON.stringify({ next, state: memory.toState() }));
  renameSync(`${stateFile}.new`, stateFile);
}

async function checkedContext() {
  const { parts, pendingSummaries } = await memory.assemble();
  const working = parts.filter(({ kind }) => ["placeholder", "summary", "message"].includes(kind));
  const tokens = working.reduce((sum, { message }) => sum + tokenizer.count(message.content), 0);
  if (tokens > budgets.workingMemoryTokens) throw new Error(`${tokens} tokens are too many`);
  return pendingSummaries;
}

for (let next = saved?.next ?? 0; next < messages.length; next += 1) {
  const message = messages[next];
  if (message !== undefined) await memory.add(message);
  await checkedContext();
  save(next + 1);
  process.stdout.write(`${next}\n`);
}
for (;;) {
  const pending = await checkedContext();
  const { ready, waiting, claimed } = await store.queue.stats();
  if (pending + ready + waiting + claimed === 0) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
}
save(messages.length);
await memory.close();
await store.close();
process.stdout.write("done\n");
