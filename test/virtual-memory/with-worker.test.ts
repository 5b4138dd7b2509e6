import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWorker, localBatch } from "@gro/batch";
import { fileStore, importQueueFile } from "@gro/file-store";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory } from "@gro/virtual-memory";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runtimeMemory, runtimeQueue } from "../support/runtime-files.js";
import { dialogue, textOf } from "./support/scene.js";

const tokenizer = approximate();
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "virtual-memory-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it("hands its pages to a real worker through real files, and gets them back summarized", async () => {
  const workers = fileStore(directory);
  const worker = new BatchWorker({
    ...{ store: workers, provider: localBatch(scriptedModel({ tokenizer })), tokenizer },
    ...{ pollIntervalMs: 1, batchPollIntervalMs: 1 },
  });
  const memory = new VirtualMemory({
    ...{ enableBatchSummarization: true, summarizationQueuePath: directory, openStore: fileStore },
    ...{ tokenizer, workingMemoryTokens: 2_000 },
  });
  const rule = "Never delete the ledger. @@important@@";
  const secret = "the password is heron @@ephemeral@@";
  const messages = dialogue(100).map((message, index) =>
    index === 3 ? { ...message, content: [message.content, rule, secret].join("\n") } : message,
  );
  for (const [index, message] of messages.entries()) {
    await memory.add(message);
    expect((await memory.assemble()).usage.workingMemory).toBeLessThanOrEqual(2_000);
    if (index % 30 === 29) await worker.drain();
  }
  for (let round = 0; round < 5; round += 1) {
    await worker.drain();
    await memory.settle();
    await memory.assemble();
  }
  await worker.stop();
  await workers.close();

  const context = await memory.assemble();
  expect(context.pendingSummaries).toBe(0);
  expect(textOf(context)).not.toContain("[Pending summary");
  expect(textOf(context).split("\n")).toContain(rule);
  expect(textOf(context)).not.toContain("heron");

  const folder = join(directory, "pages");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  expect(files.length).toBeGreaterThan(5);
  const pages = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  for (const page of pages) expect(JSON.parse(page)).toMatchObject({ summary: expect.any(String) as string });
  expect(pages.join("\n")).toContain('"ephemeral"');

  // Another start of the same host goes on where this one was.
  await memory.close();
  await using store = fileStore(directory);
  const again = VirtualMemory.fromState(JSON.parse(JSON.stringify(memory.toState())), {
    ...{ enableBatchSummarization: true, store, tokenizer, workingMemoryTokens: 2_000 },
  });
  expect((await again.assemble()).messages).toEqual(context.messages);
});

it("has every important line in its pages when it dies before it looks at them again", async () => {
  const rule = "Never delete the ledger. @@important@@";
  const settings = {
    ...{ enableBatchSummarization: true, summarizationQueuePath: directory, openStore: fileStore },
    ...{ tokenizer, workingMemoryTokens: 2_000 },
  };
  const memory = new VirtualMemory(settings);
  await memory.add(
    dialogue(60).map((message, index) =>
      index === 3 ? { ...message, content: `${message.content}\n${rule}` } : message,
    ),
  );
  await memory.close();

  await using workers = fileStore(directory);
  const terse = localBatch(scriptedModel({ tokenizer, behaviour: "terse" }));
  await using worker = new BatchWorker({
    ...{ store: workers, provider: terse, tokenizer, pollIntervalMs: 1, batchPollIntervalMs: 1 },
  });
  await worker.drain();
  const folder = join(directory, "pages");
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")),
  );
  const pages = files.map((text) => JSON.parse(text) as { content: string; summary: string });
  const ruled = pages.filter(({ content }) => content.includes(rule));
  expect(ruled.length).toBeGreaterThan(0);
  for (const { summary } of ruled) expect(summary.split("\n")).toContain(rule);
});

it("takes over the queue file of gro's runtime where it opens its store so", async () => {
  const { pages: runtimePages, entries } = runtimeMemory(3);
  const pagesDirectory = join(directory, "pages");
  const path = join(directory, "queue.json");
  await mkdir(pagesDirectory);
  for (const { fileName, json } of runtimePages) await writeFile(join(pagesDirectory, fileName), json);
  await writeFile(path, runtimeQueue(entries, "lines"));
  const memory = new VirtualMemory({
    ...{ enableBatchSummarization: true, tokenizer, workingMemoryTokens: 2_000 },
    summarizationQueuePath: path,
    async openStore(queuePath) {
      await importQueueFile(queuePath, { pagesDirectory });
      return fileStore(queuePath, { pagesDirectory });
    },
  });
  await memory.add(dialogue(60));
  const context = await memory.assemble();
  expect(context.warnings).toEqual([]);
  await memory.close();
  await using store = fileStore(path, { pagesDirectory });
  expect((await store.queue.stats()).ready).toBeGreaterThan(3);
});

it("says what is in the way where the path is a queue file that nobody takes over", async () => {
  const path = join(directory, "queue.json");
  await writeFile(path, "[]");
  const memory = new VirtualMemory({
    ...{ enableBatchSummarization: true, summarizationQueuePath: path, openStore: fileStore },
    ...{ tokenizer, workingMemoryTokens: 2_000 },
  });
  await memory.add(dialogue(60));
  const { warnings } = await memory.assemble();
  const said = warnings.map(({ message }) => message).join("\n");
  expect(said).toContain(path);
  expect(said).toContain("a file stands where a directory is needed (ENOTDIR)");
  expect(said).not.toContain("other pages have the ids");
  expect(await readFile(path, "utf8")).toBe("[]");
  await memory.close();
});
