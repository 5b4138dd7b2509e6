import { mkdir, mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { BatchWorker } from "@gro/batch";
import { fileStore } from "@gro/file-store";
import { systemClock } from "@gro/summarizer";
import { VirtualMemory, type VirtualMemoryOptions } from "@gro/virtual-memory";
import { chooseProvider } from "../worker/choose-provider.js";
import { choosePartner } from "./choose-partner.js";
import { demonstration } from "./demonstration.js";
import { tell } from "./tell.js";
import { takeTurn } from "./turn.js";

/*
 * A chat of any length in a memory of 2,500 tokens. Without a word it plays a chat of its own; with `-` it is yours.
 *
 *   npx tsx examples/virtual-memory/main.ts [-] [FOLDER]
 */
const isYours = process.argv[2] === "-";
const folder = process.argv[isYours ? 3 : 2] ?? (await mkdtemp(join(tmpdir(), "gro-chat-")));
await mkdir(folder, { recursive: true });
const WORKING_MEMORY = 2_500;
const stateFile = join(folder, "chat.json");

// 1. The memory: its pages go to the store, and from there through batches. Everything else is its state.
const store = fileStore(join(folder, "queue"), { pagesDirectory: join(folder, "pages") });
const options: VirtualMemoryOptions = {
  store,
  enableBatchSummarization: true,
  workingMemoryTokens: WORKING_MEMORY,
  pageSlotTokens: 2_000,
  systemPrompt:
    "You take part in a chat. What you need of what was said before, you look up: @@ref('pg_…')@@.",
  events: tell((line) => console.log(line)),
};
const saved = await readFile(stateFile, "utf8").catch(() => undefined);
const memory =
  saved === undefined ? new VirtualMemory(options) : VirtualMemory.fromState(JSON.parse(saved), options);

// 2. The worker. Usually it is another process on the same folder: npx gro-summarizer worker.
const provider = chooseProvider(process.env);
const worker = new BatchWorker({ store, provider, pollIntervalMs: 200 });
worker.start();

// 3. The chat: one line, one turn.
const partner = choosePartner(process.env);
console.log(`${folder}\n`);
for await (const line of isYours ? createInterface({ input: process.stdin }) : demonstration(settled)) {
  if (line.trim() === "") continue;
  if (!isYours) console.log(`> ${line}`);
  for await (const answer of takeTurn(memory, partner, line)) console.log(answer);
  await writeFile(`${stateFile}.new`, JSON.stringify(memory.toState()));
  await rename(`${stateFile}.new`, stateFile);
}

const { parts, usage, pendingSummaries } = await memory.assemble();
const kinds = [...new Set(parts.map(({ kind }) => kind))];
const counts = kinds.map((kind) => `${parts.filter((part) => part.kind === kind).length} × ${kind}`);
console.log(`\nin the context: ${counts.join(", ")}`);
console.log(`working memory: ${usage.workingMemory} of ${WORKING_MEMORY} tokens`);
console.log(`summaries that are still to come: ${pendingSummaries}`);
await worker.stop();
await memory.close();
await store.close();

/** Waits until no summary is pending; for a day at most with a provider, so the demonstration does it offline only. */
async function settled(): Promise<void> {
  while (provider.id === "local" && (await memory.settle()) > 0) await systemClock().sleep(50);
}
