import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileStore, type FileStore } from "@gro/file-store";
import { approximate } from "@gro/summarizer";
import { VirtualMemory, type ChatMessage, type MemoryPage } from "@gro/virtual-memory";
import { expect } from "vitest";
import { startAnthropic } from "../../emulators/index.js";
import { expectAllKept } from "../../kill/accounts.js";
import { Program } from "../../kill/programs.js";
import { seededRandom } from "../../support/prose.js";
import type { ChatHostSettings } from "../programs/host.js";
import { wholeContents } from "./all-pages.js";
import { linesOfChat } from "./chats.js";
import { checkContext, type Budgets } from "./check-context.js";
import { checkImportant } from "./important-lines.js";
import { refsIn, textOf } from "./scene.js";

export interface KilledHostChat {
  readonly messages: readonly ChatMessage[];
  readonly budgets: Budgets;
  /** An empty folder. */
  readonly directory: string;
  /** The folder of the bundled programs: `worker` of `test/kill`, and in `chat` the host. */
  readonly programs: string;
  /** How often the host is killed, and its worker with it. */
  readonly kills: number;
  readonly leastPages: number;
  readonly leastImportantUnderFold: number;
}

/** The pages that can be reached from what a memory holds: others were written by a turn that was lost, and written anew since. */
async function reachablePages(store: FileStore, state: unknown): Promise<MemoryPage[]> {
  const pages = new Map<string, MemoryPage>();
  const next = Array.from(JSON.stringify(state).matchAll(/pg_[0-9a-f]{12}/gu), ([pageId]) => pageId);
  for (let pageId = next.pop(); pageId !== undefined; pageId = next.pop()) {
    if (pages.has(pageId)) continue;
    const page = (await store.pages.read(pageId))?.page;
    expect(page, `page ${pageId}`).toBeDefined();
    if (page === undefined) continue;
    pages.set(pageId, page);
    next.push(...refsIn(page.content));
  }
  return [...pages.values()];
}

/** Lives through a chat in a process that is killed again and again, its worker with it, and checks what is there in the end. */
export async function liveThroughKilledHost(chat: KilledHostChat): Promise<void> {
  const { messages, budgets, directory, programs, kills, leastPages, leastImportantUnderFold } = chat;
  const emulator = await startAnthropic({ batches: { endsAfterLooks: 2 } });
  const queue = join(directory, "queue");
  const workerSettings = { directory: queue, provider: "anthropic", url: emulator.url, key: emulator.key };
  const settings: ChatHostSettings = {
    ...{ directory: queue, budgets },
    program: [process.execPath, join(programs, "worker.mjs"), JSON.stringify(workerSettings)],
    messagesFile: join(directory, "messages.json"),
    stateFile: join(directory, "state.json"),
  };
  writeFileSync(settings.messagesFile, JSON.stringify(messages));
  const random = seededRandom(7);
  const start = () => new Program(join(programs, "chat"), "host", settings);

  let kill = 0;
  for (; kill < kills; kill += 1) {
    const host = start();
    // It comes so far in each life, and a little further.
    const due = Math.floor((messages.length * (kill + 0.9)) / (kills + 1));
    while (!host.isOver && Number(host.said.at(-1) ?? -1) < due) await pause(5);
    await pause(random() * 150);
    expect(host.complaints).toBe("");
    expect(host.isOver).toBe(false);
    await host.kill();
  }
  const last = start();
  await last.end();
  expect(last.complaints).toBe("");
  expect(last.said.at(-1)).toBe("done");

  await using store = fileStore(queue);
  const { state } = JSON.parse(readFileSync(settings.stateFile, "utf8")) as { readonly state: unknown };
  const pages = await reachablePages(store, state);
  expect(pages.length).toBeGreaterThanOrEqual(leastPages);
  const tokenizer = approximate();
  const memory = VirtualMemory.fromState(state, {
    ...{ store, tokenizer, enableBatchSummarization: true, ...budgets },
  });
  const context = await memory.assemble();
  checkContext(context, budgets, tokenizer);
  expect(context.parts.filter(({ kind }) => kind === "placeholder")).toEqual([]);
  checkImportant(pages, context, leastImportantUnderFold);

  // What was said stands in the context or in a page that can be reached from it.
  const everything = [JSON.stringify(memory.toState().units), ...wholeContents(pages)].join("\n");
  const hidden = new Set(pages.flatMap(({ ephemeral = [] }) => ephemeral.map(({ text }) => text)));
  const lost = linesOfChat(messages).filter(
    (line) =>
      !everything.includes(line) &&
      !everything.includes(JSON.stringify(line).slice(1, -1)) &&
      !hidden.has(line),
  );
  expect(lost).toEqual([]);
  for (const { id, content } of pages) {
    memory.ref(id);
    expect(textOf(await memory.assemble(), "page"), `page ${id}`).toContain(content);
  }
  await memory.close();
  await expectAllKept(store, pages, emulator.billing);
  await emulator.close();
}
