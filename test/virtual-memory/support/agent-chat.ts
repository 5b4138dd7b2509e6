import { readdirSync } from "node:fs";
import { join } from "node:path";
import { BatchWorker, localBatch } from "@gro/batch";
import { startWorkerProcess, type WorkerProcess } from "@gro/cli";
import { fileStore, type FileStore } from "@gro/file-store";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import {
  VirtualMemory,
  type ChatMessage,
  type Context,
  type MemoryPage,
  type VirtualMemoryOptions,
} from "@gro/virtual-memory";
import { expect } from "vitest";
import { startAnthropic, type AnthropicEmulator } from "../../emulators/index.js";
import { expectAllKept } from "../../kill/accounts.js";
import { seededRandom } from "../../support/prose.js";
import { checkContext, type Budgets } from "./check-context.js";
import { checkImportant } from "./important-lines.js";
import { refsIn, textOf } from "./scene.js";

const tokenizer = approximate();

/** Who summarizes the pages of a chat. */
export type Summarizing = "inline" | "a live worker" | "a worker that is killed again and again";

export interface AgentChat {
  readonly messages: readonly ChatMessage[];
  readonly budgets: Budgets;
  readonly summarizing: Summarizing;
  /** An empty folder. */
  readonly directory: string;
  /** The folder of the bundled programs of `test/kill`. */
  readonly programs: string;
  /** How often the worker is killed. */
  readonly kills: number;
  /** How many pages the chat is expected to fill at least. */
  readonly leastPages: number;
  /** How many important lines one summary of summaries is expected to carry at least. */
  readonly leastImportantUnderFold: number;
}

/** What stands behind the memory, and what is to be checked of it in the end. */
interface Backing {
  readonly options: VirtualMemoryOptions;
  /** Called before each message. */
  turn(number: number): Promise<void>;
  close(pages: readonly MemoryPage[]): Promise<void>;
}

async function inlineBacking(store: FileStore): Promise<Backing> {
  const options = { store, model: scriptedModel({ tokenizer }) };
  return { options, turn: async () => undefined, close: async () => undefined };
}

/** The host runs the worker itself, in its own process. */
async function liveBacking(store: FileStore, directory: string): Promise<Backing> {
  // A store of its own, as another process would have.
  const workers = fileStore(directory);
  const startWorker = () => {
    const worker = new BatchWorker({
      ...{ store: workers, provider: localBatch(scriptedModel({ tokenizer })), tokenizer },
      ...{ pollIntervalMs: 50, batchPollIntervalMs: 50 },
    });
    worker.start();
    return worker;
  };
  return {
    options: { store, enableBatchSummarization: true, startWorker },
    turn: async () => undefined,
    close: () => workers.close(),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The host runs the worker as a process of its own, against a batch API, and somebody kills it all the time. */
async function killedBacking(store: FileStore, chat: AgentChat): Promise<Backing> {
  const emulator: AnthropicEmulator = await startAnthropic({ batches: { endsAfterLooks: 2 } });
  const { directory, programs, kills, messages } = chat;
  const settings = { directory, provider: "anthropic", url: emulator.url, key: emulator.key };
  const program = [process.execPath, join(programs, "worker.mjs"), JSON.stringify(settings)];
  let worker: WorkerProcess | undefined;
  let deaths = 0;
  const random = seededRandom(5);
  const every = Math.floor(messages.length / (kills + 1));
  return {
    options: {
      store,
      enableBatchSummarization: true,
      startWorker: () => {
        worker = startWorkerProcess({
          ...{ queuePath: directory, pagesDir: join(directory, "pages"), program },
          ...{ firstWaitMs: 1, steadyAfterMs: 1, stopWithinMs: 0 },
        });
        worker.events.on("died", () => (deaths += 1));
        return worker;
      },
    },
    async turn(number) {
      if (number === 0 || number % every !== 0 || worker === undefined) return;
      await until(() => worker?.pid !== undefined);
      // From its first moments to the midst of its work.
      await new Promise((resolve) => setTimeout(resolve, 20 + random() * 700));
      const before = deaths;
      if (worker.pid !== undefined) process.kill(worker.pid, "SIGKILL");
      await until(() => deaths > before);
    },
    async close(pages) {
      expect(deaths).toBeGreaterThanOrEqual(kills / 2);
      // What was paid is kept, nothing was paid twice, and nothing is left.
      await expectAllKept(store, pages, emulator.billing);
      await emulator.close();
    },
  };
}

function backingOf(store: FileStore, chat: AgentChat): Promise<Backing> {
  switch (chat.summarizing) {
    case "inline":
      return inlineBacking(store);
    case "a live worker":
      return liveBacking(store, chat.directory);
    case "a worker that is killed again and again":
      return killedBacking(store, chat);
  }
}

async function pagesIn(store: FileStore, directory: string): Promise<MemoryPage[]> {
  const names = readdirSync(join(directory, "pages")).filter((name) => /^[^.].*\.json$/u.test(name));
  const read = await Promise.all(names.map((name) => store.pages.read(name.replace(/\.json$/u, ""))));
  return read.flatMap((found) => found?.page ?? []);
}

/** Lives through a chat with the summaries made in this way, and checks what must hold at every turn and in the end. */
export async function liveThroughAgentChat(chat: AgentChat): Promise<void> {
  const { messages, budgets, directory } = chat;
  await using store = fileStore(directory);
  const backing = await backingOf(store, chat);
  const memory = new VirtualMemory({ ...backing.options, ...budgets, tokenizer });
  const random = seededRandom(11);
  const assemble = async (): Promise<Context> => {
    const context = await memory.assemble();
    checkContext(context, budgets, tokenizer);
    return context;
  };
  /** What stands in the slot when a page is asked for: all of it, as every page of a memory fits. */
  const checkRef = async (pageId: string, ask: () => Promise<unknown>) => {
    await ask();
    const shown = textOf(await assemble(), "page");
    expect(shown, `page ${pageId}`).toContain((await store.pages.read(pageId))?.page.content);
  };

  let loaded = 0;
  let context = await assemble();
  for (const [number, message] of messages.entries()) {
    await backing.turn(number);
    await memory.add(message);
    const refs =
      message.role === "assistant" && random() < 0.04
        ? refsIn(textOf(context, "summary", "placeholder"))
        : [];
    const ref = refs[Math.floor(random() * refs.length)];
    if (ref !== undefined) {
      const content = `What was said there? @@ref('${ref}')@@`;
      await checkRef(ref, () => memory.add({ role: "assistant", content }));
      loaded += 1;
    }
    context = await assemble();
  }
  expect(loaded).toBeGreaterThan(messages.length / 250);

  await expect
    .poll(async () => (await memory.settle()) + (await assemble()).pendingSummaries, {
      timeout: 60_000,
      interval: 20,
    })
    .toBe(0);
  context = await assemble();
  expect(context.parts.filter(({ kind }) => kind === "placeholder")).toEqual([]);
  expect(textOf(context)).not.toContain("[Pending summary");
  const pages = await pagesIn(store, directory);
  expect(pages.length).toBeGreaterThanOrEqual(chat.leastPages);
  checkImportant(pages, context, chat.leastImportantUnderFold);
  for (const { id } of pages) await checkRef(id, async () => memory.ref(id));
  await memory.close();
  await backing.close(pages);
}
