import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileStore } from "@gro/file-store";
import { approximate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory } from "@gro/virtual-memory";
import { beforeEach, describe, expect, it } from "vitest";
import { runtimeMemory, runtimeQueue } from "../support/runtime-files.js";
import { program, sentences } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { pages, entries } = runtimeMemory(6);
const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);

/** The folder as gro's agent runtime leaves it: its queue file where the queue's directory is to be, and its pages. */
beforeEach(() => {
  scene = new QueueScene(parent);
  mkdirSync(scene.pagesDir);
  for (const { fileName, json } of pages) writeFileSync(join(scene.pagesDir, fileName), json);
  writeFileSync(scene.queuePath, runtimeQueue(entries, "lines"));
});

function keptFiles(): string[] {
  return readdirSync(scene.folder).filter((name) =>
    name.startsWith(`${basename(scene.queuePath)}.imported-`),
  );
}

describe("where --queue-path is the queue file of gro's runtime", () => {
  it("worker takes it over, says so, and every page gets a summary and keeps what it had", async () => {
    const { code, stderr } = await scene.worker(["--drain"]);
    expect(code).toBe(0);
    const [kept = ""] = keptFiles();
    expect(stderr).toContain(
      `the queue file ${scene.queuePath} is taken over: 6 pages queued. It is kept as ${join(scene.folder, kept)}, ` +
        `and ${scene.queuePath} is the directory of the queue now: stop the program that wrote the file, if it still runs.\n`,
    );
    expect(readFileSync(join(scene.folder, kept), "utf8")).toBe(runtimeQueue(entries, "lines"));
    for (const { id, json } of pages) {
      const { summary, summaryMeta, ...rest } = scene.page(id);
      const { summary: placeholder, ...before } = JSON.parse(json) as Record<string, unknown>;
      expect(rest).toEqual(before);
      expect(summary).toEqual(expect.any(String));
      expect(summary).not.toBe(placeholder);
      expect(String(summary).length).toBeLessThan(String(before["content"]).length / 2);
      expect(summaryMeta).toMatchObject({ fit: expect.any(String) as string });
    }
  });

  it("it happens once, whatever runs afterwards", async () => {
    expect((await scene.worker(["--drain"])).code).toBe(0);
    const again = scriptedModel();
    const { code, stderr } = await scene.worker(["--drain"], { model: again });
    expect(code).toBe(0);
    expect(stderr).not.toContain("taken over");
    expect(stderr).toContain("0 pages summarized");
    expect(again.requests).toEqual([]);
  });

  it("enqueue takes it over first: what waited longer comes first", async () => {
    const file = scene.file("new.txt", sentences(20));
    const { code, stdout, stderr } = await scene.enqueue([file]);
    expect(code).toBe(0);
    expect(stderr).toContain("is taken over: 6 pages queued.");
    const claims = await scene.claims();
    expect(claims.map(({ item }) => item.pageId)).toEqual([
      ...entries.map(({ pageId }) => pageId),
      ...lines(stdout),
    ]);
  });

  it("enqueue of the runtime's own page files queues them too, each once", async () => {
    const files = pages.map(({ fileName }) => join(scene.pagesDir, fileName));
    const { code } = await scene.enqueue(files);
    expect(code).toBe(0);
    expect(await scene.claims()).toHaveLength(6);
  });

  it("status tells what waits in it, and since when, and changes nothing", async () => {
    const { code, stderr } = await scene.status();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `gro-summarizer: ${scene.queuePath} is a queue file: the next enqueue or worker takes it over.\n`,
    });
    const { items, oldestQueuedAt, batches } = await scene.standing();
    expect(items).toMatchObject({ ready: 6, waiting: 0, claimed: 0, dead: 0 });
    expect({ oldestQueuedAt, batches }).toEqual({ oldestQueuedAt: "2026-02-02T02:40:00.000Z", batches: [] });
    expect(statSync(scene.queuePath).isFile()).toBe(true);
    await scene.enqueue([scene.file("new.txt", sentences(20))]);
    expect((await scene.standing()).items).toMatchObject({ ready: 7 });
  });

  it("status tells it also while another program is just taking it over", async () => {
    renameSync(scene.queuePath, join(scene.folder, `.${basename(scene.queuePath)}.abc.importing`));
    const { stderr } = await scene.status();
    expect(stderr).not.toContain("nothing was ever queued here");
    expect((await scene.standing()).items).toMatchObject({ ready: 6 });
    expect((await scene.worker(["--drain"])).code).toBe(0);
    expect((await scene.standing()).items).toMatchObject({ ready: 0, dead: 0 });
  });

  it("pages of another session are named as such, and get their summaries by a queue of their own", async () => {
    const others = join(scene.folder, "session-2");
    mkdirSync(others);
    for (const { id, fileName, json } of pages.slice(3)) {
      rmSync(scene.pageFile(id));
      writeFileSync(join(others, fileName), json);
    }
    const { code, stderr } = await scene.worker(["--drain"]);
    expect(code).toBe(3);
    expect(stderr).toContain("3 pages of it not there");
    expect(stderr).toContain("a directory of pages for each");
    const place = ["--queue-path", join(scene.folder, "queue-2"), "--pages-dir", others];
    const files = pages.slice(3).map(({ fileName }) => join(others, fileName));
    expect((await program(["enqueue", ...files, ...place])).code).toBe(0);
    expect((await program(["worker", "--drain", ...place])).code).toBe(0);
    for (const file of files) expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("summaryMeta");
  });

  it("pages that are missing become dead letters that say so, and are summarized when they are there again", async () => {
    const [gone, ...others] = pages;
    const path = scene.pageFile(gone?.id ?? "");
    rmSync(path);
    const { code, stderr } = await scene.worker(["--drain"]);
    expect(code).toBe(3);
    expect(stderr).toContain(`warning: 1 page of it not there (${gone?.id}): the worker will say so`);
    expect((await scene.standing()).deadLetters).toMatchObject([{ pageId: gone?.id, code: "page_missing" }]);
    for (const { id } of others) expect(scene.page(id)).toHaveProperty("summaryMeta");
    writeFileSync(path, gone?.json ?? "");
    expect((await scene.retry()).code).toBe(0);
    expect((await scene.worker(["--drain"])).code).toBe(0);
    expect(scene.page(gone?.id ?? "")).toHaveProperty("summaryMeta");
  });

  it.each([
    ["broken JSON", '{"pageId":"pg_1"', "line 1 is no JSON"],
    ["no entries", '{"name":"something else"}', "line 1 is no page that waits: it has no pageId"],
    ["the id of no page", '[{"pageId":"../../etc/passwd"}]', "entry 1 is no page that waits"],
  ])(
    "%s ends enqueue, worker and status with 1 and the reason, and nothing is changed",
    async (_name, text, reason) => {
      writeFileSync(scene.queuePath, text);
      const file = scene.file("new.txt", sentences(20));
      for (const { code, stdout, stderr } of [
        await scene.enqueue([file]),
        await scene.worker(["--drain"]),
        await scene.status(),
      ]) {
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toContain(`The queue file ${scene.queuePath} cannot be taken over: ${reason}`);
      }
      expect(readFileSync(scene.queuePath, "utf8")).toBe(text);
      expect(keptFiles()).toEqual([]);
    },
  );

  it("a wrong --pages-dir ends with 1 before anything is changed", async () => {
    const wrong = join(scene.folder, "wrong");
    const { code, stderr } = await program([
      "worker",
      "--drain",
      "--queue-path",
      scene.queuePath,
      "--pages-dir",
      wrong,
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `Not one of the 6 pages in the queue file ${scene.queuePath} can be read in ${wrong}`,
    );
    expect(statSync(scene.queuePath).isFile()).toBe(true);
    expect(existsSync(wrong)).toBe(false);
  });

  it("retry says that it is a file", async () => {
    const { code, stderr } = await scene.retry();
    expect(code).toBe(1);
    expect(stderr).toContain("a file stands where a directory is needed");
  });
});

describe("a memory over what was taken over", () => {
  it("loads the runtime's pages by their refs, and takes no placeholder for a summary", async () => {
    await scene.enqueue([scene.file("new.txt", sentences(20))]);
    await using store = fileStore(scene.queuePath, { pagesDirectory: scene.pagesDir });
    const memory = new VirtualMemory({ store, enableBatchSummarization: true, tokenizer: approximate() });
    const [page] = pages;
    await memory.add({ role: "assistant", content: `I look it up: @@ref('${page?.id}')@@` });
    const context = await memory.assemble();
    const shown = context.parts.find(({ kind }) => kind === "page");
    expect(shown?.message.content).toContain(page?.content);
    expect(context.warnings).toEqual([]);
  });
});
