import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  fileStore,
  importQueueFile,
  nodeFileSystem,
  readQueueFile,
  type FileStoreOptions,
  type FileSystem,
} from "@gro/file-store";
import { contentHash, type Claim } from "@gro/queue";
import { describe, expect, test } from "vitest";
import { runtimeMemory, runtimeQueue, type RuntimeEntry } from "../support/runtime-files.js";
import { SimulatedDisk } from "./support/simulated-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const { pages, entries } = runtimeMemory(7);
const pageIds = pages.map(({ id }) => id);

/** The files of a runtime in a folder of their own. */
function runtimeFiles(queue: string) {
  const folder = temporaryFolder();
  const path = join(folder, "queue.json");
  const pagesDirectory = join(folder, "pages");
  mkdirSync(pagesDirectory);
  for (const { fileName, json } of pages) writeFileSync(join(pagesDirectory, fileName), json);
  writeFileSync(path, queue);
  return { folder, path, pagesDirectory };
}

async function claimed(path: string, options: FileStoreOptions): Promise<readonly Claim[]> {
  await using store = fileStore(path, options);
  return await store.queue.claim({ limit: 1_000, leaseMs: 60_000 });
}

describe.each(["lines", "array"] as const)("a queue file of gro's runtime, as %s", (format) => {
  test("is taken over without loss, in its order, and kept as it was", async () => {
    const text = runtimeQueue(entries, format);
    const { folder, path, pagesDirectory } = runtimeFiles(text);
    const [imported, ...others] = await importQueueFile(path, { pagesDirectory });
    expect(others).toEqual([]);
    expect(imported).toMatchObject({ queued: 7, missing: [], unreadable: [], summarized: [] });
    expect(readFileSync(imported?.keptAs ?? "", "utf8")).toBe(text);
    expect(readdirSync(folder).sort()).toEqual(["pages", "queue.json", basename(imported?.keptAs ?? "")]);
    const items = (await claimed(path, { pagesDirectory })).map(({ item }) => item);
    expect(items.map(({ pageId, label, lane }) => ({ pageId, label, lane }))).toEqual(
      entries.map(({ pageId, label, lane = null }) => ({ pageId, label, lane })),
    );
    expect(items.map((item) => item.contentHash)).toEqual(pages.map(({ content }) => contentHash(content)));
    // As pages of a memory: far shorter than the page, although the default target would be longer than all of it.
    for (const { request } of items) {
      expect(request.contentType).toBe("conversation");
      expect(request.targetTokens).toBeGreaterThan(24);
      expect(request.targetTokens).toBeLessThanOrEqual(110);
    }
    for (const { fileName, json } of pages) {
      expect(readFileSync(join(pagesDirectory, fileName), "utf8")).toBe(json);
    }
  });

  test("is read without being changed", () => {
    const { path } = runtimeFiles(runtimeQueue(entries, format));
    expect(readQueueFile(path)?.map(({ pageId, queuedAt }) => ({ pageId, queuedAt }))).toEqual(
      entries.map(({ pageId, queuedAt }) => ({ pageId, queuedAt })),
    );
    expect(statSync(path).isFile()).toBe(true);
  });
});

test("a queue file is still read when whoever takes it over has put it aside, and was killed then", async () => {
  const { folder, path, pagesDirectory } = runtimeFiles(runtimeQueue(entries, "lines"));
  renameSync(path, join(folder, ".queue.json.abc.importing"));
  expect(readQueueFile(path)?.map(({ pageId }) => pageId)).toEqual(pageIds);
  mkdirSync(path);
  expect(readQueueFile(path)).toHaveLength(7);
  await importQueueFile(path, { pagesDirectory });
  expect(readQueueFile(path)).toBeUndefined();
});

describe("taking over", () => {
  test("happens once: what is finished since is not queued again", async () => {
    const { path, pagesDirectory } = runtimeFiles(runtimeQueue(entries, "lines"));
    await importQueueFile(path, { pagesDirectory });
    await using store = fileStore(path, { pagesDirectory });
    await store.queue.complete(await store.queue.claim({ limit: 10, leaseMs: 60_000 }));
    expect(await importQueueFile(path, { pagesDirectory })).toEqual([]);
    expect(await store.queue.stats()).toMatchObject({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
  });

  test("has nothing to do where nothing is, or a store", async () => {
    const { folder, pagesDirectory } = runtimeFiles("");
    expect(await importQueueFile(join(folder, "none", "queue"), { pagesDirectory })).toEqual([]);
    expect(await importQueueFile(pagesDirectory, { pagesDirectory })).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["pages", "queue.json"]);
  });

  test.each(["", "\n", "[]"])("an empty queue file (%j) leaves an empty queue", async (text) => {
    const { folder, path, pagesDirectory } = runtimeFiles(text);
    await importQueueFile(path, { pagesDirectory });
    expect(await claimed(path, { pagesDirectory })).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("queues a page once that the file names twice, and leaves out one that has its summary", async () => {
    const { path, pagesDirectory } = runtimeFiles(runtimeQueue([...entries, ...entries], "lines"));
    const [first] = pages;
    const summaryMeta = { contentHash: contentHash(first?.content ?? ""), warnings: [] };
    const done = { ...(JSON.parse(first?.json ?? "") as object), summary: "All quiet.", summaryMeta };
    writeFileSync(join(pagesDirectory, first?.fileName ?? ""), JSON.stringify(done));
    const [imported] = await importQueueFile(path, { pagesDirectory });
    expect(imported).toMatchObject({ queued: 6, summarized: [first?.id] });
    const queued = (await claimed(path, { pagesDirectory })).map(({ item }) => item.pageId);
    expect(queued).toEqual(pageIds.slice(1));
  });

  test("keeps pages that are missing or damaged in the queue, and names them", async () => {
    const gone: RuntimeEntry = { pageId: "pg_000000000000", label: "gone", queuedAt: 1 };
    const broken: RuntimeEntry = { pageId: "pg_111111111111", label: "broken", queuedAt: 2 };
    const { path, pagesDirectory } = runtimeFiles(runtimeQueue([gone, broken, ...entries], "lines"));
    writeFileSync(join(pagesDirectory, "pg_111111111111.json"), '{"content": "cut');
    const [imported] = await importQueueFile(path, { pagesDirectory });
    expect(imported).toMatchObject({ queued: 9, missing: [gone.pageId], unreadable: [broken.pageId] });
    const items = (await claimed(path, { pagesDirectory })).map(({ item }) => item);
    expect(items.slice(0, 2)).toMatchObject([{ label: "gone", lane: null }, { label: "broken" }]);
  });

  test("takes along what was written after it had looked", async () => {
    const { path, pagesDirectory } = runtimeFiles(runtimeQueue(entries.slice(0, 2), "lines"));
    const files = nodeFileSystem();
    const fileSystem: FileSystem = {
      ...files,
      rename(from, to) {
        if (from === path) writeFileSync(path, runtimeQueue(entries, "lines"));
        files.rename(from, to);
      },
    };
    const [imported] = await importQueueFile(path, { pagesDirectory, fileSystem });
    expect(imported).toMatchObject({ queued: 7 });
    expect((await claimed(path, { pagesDirectory })).map(({ item }) => item.pageId)).toEqual(pageIds);
  });

  test("may be done by several at once", async () => {
    const { folder, path, pagesDirectory } = runtimeFiles(runtimeQueue(entries, "lines"));
    const all = await Promise.all([1, 2, 3].map(() => importQueueFile(path, { pagesDirectory })));
    expect(all.flat().length).toBeGreaterThan(0);
    expect(statSync(path).isDirectory()).toBe(true);
    expect((await claimed(path, { pagesDirectory })).map(({ item }) => item.pageId)).toEqual(pageIds);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("leaves a store alone that has come in the place of the file meanwhile", async () => {
    const { path, pagesDirectory } = runtimeFiles(runtimeQueue(entries, "lines"));
    const files = nodeFileSystem();
    let isFirst = true;
    const fileSystem: FileSystem = {
      ...files,
      rename(from, to) {
        if (from === path && isFirst) {
          isFirst = false;
          // Another program has taken the file over, and somebody has queued something since.
          files.rename(path, `${path}.elsewhere`);
          mkdirSync(path);
          writeFileSync(join(path, "something"), "of the store");
        }
        files.rename(from, to);
      },
    };
    expect(await importQueueFile(path, { pagesDirectory, fileSystem })).toEqual([]);
    expect(readFileSync(join(path, "something"), "utf8")).toBe("of the store");
  });
});

describe("a queue file that cannot be taken over stays as it is, and the reason is told", () => {
  const good = JSON.stringify(entries[0]);
  test.each([
    ["an array that is cut off", `[${good},`, "it begins like a JSON array and is none"],
    ["a line that is cut off", `${good}\n{"pageId":"pg_`, "line 2 is no JSON"],
    ["an entry that is no object", `[${good}, 7]`, "entry 2 is no page that waits: it is no object"],
    ["an entry without a page", '{"label":"x"}', "line 1 is no page that waits: it has no pageId"],
    ["a page id that leads elsewhere", '[{"pageId":"../x"}]', "its pageId is not 1 to 128 characters"],
    ["a label that is none", '[{"pageId":"pg_1","label":7}]', "its label is no text"],
    ["a lane that is none", '[{"pageId":"pg_1","lane":[]}]', "its lane is no text"],
    ["a time that is none", '[{"pageId":"pg_1","queuedAt":"now"}]', "its queuedAt is no time"],
    ["a time that no clock shows", '[{"pageId":"pg_1","queuedAt":1e300}]', "its queuedAt is no time"],
  ])("%s", async (_name, text, reason) => {
    const { folder, path, pagesDirectory } = runtimeFiles(text);
    await expect(importQueueFile(path, { pagesDirectory })).rejects.toMatchObject({
      code: "queue_file_unreadable",
      message: expect.stringMatching(
        new RegExp(`^The queue file ${path} cannot be taken over: .*${reason}`, "u"),
      ) as string,
    });
    expect(() => readQueueFile(path)).toThrow(reason);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(folder).sort()).toEqual(["pages", "queue.json"]);
  });

  test("not one of whose pages is there", async () => {
    const { folder, path, pagesDirectory } = runtimeFiles(runtimeQueue(entries, "lines"));
    const wrong = join(folder, "elsewhere");
    await expect(importQueueFile(path, { pagesDirectory: wrong })).rejects.toMatchObject({
      code: "queue_file_without_pages",
      message: expect.stringContaining(`Not one of the 7 pages in the queue file ${path}`) as string,
    });
    expect(statSync(path).isFile()).toBe(true);
    expect(await importQueueFile(path, { pagesDirectory })).toMatchObject([{ queued: 7 }]);
  });

  test("a file that is something else is none of its business", async () => {
    const { path, pagesDirectory } = runtimeFiles("a text");
    expect(await importQueueFile(path, { pagesDirectory })).toEqual([]);
    expect(readQueueFile(path)).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe("a text");
  });
});

describe("whichever operation it happens in", () => {
  const text = runtimeQueue(entries, "lines");

  /** A disk with the runtime's files, all of them synced. */
  async function prepared(): Promise<SimulatedDisk> {
    const disk = new SimulatedDisk();
    const files = disk.fileSystem;
    const write = async (path: string, content: string) => {
      const file = files.open(path, "createNew");
      file.append(Buffer.from(content));
      await file.sync();
      file.close();
    };
    for (const directory of ["/data", "/data/pages"]) files.makeDirectory(directory);
    await write("/data/queue.json", text);
    for (const { fileName, json } of pages) await write(`/data/pages/${fileName}`, json);
    for (const directory of ["/", "/data", "/data/pages"]) await files.syncDirectory(directory);
    return disk;
  }

  const settings = (disk: SimulatedDisk) => {
    let ids = 0;
    return {
      ...{ fileSystem: disk.fileSystem, pagesDirectory: "/data/pages" },
      ...{ clock: { now: () => 1_770_000_100_000 }, randomId: () => `id${++ids}${disk.operations}` },
    };
  };

  async function expectAllThere(disk: SimulatedDisk): Promise<void> {
    await importQueueFile("/data/queue.json", settings(disk));
    const queued = (await claimed("/data/queue.json", settings(disk))).map(({ item }) => item.pageId);
    expect(queued).toEqual(pageIds);
    const kept = [...disk.sizes("/data").keys()].filter((name) => name.startsWith("queue.json.imported-"));
    expect(kept).toHaveLength(1);
    expect(disk.file(`/data/${kept[0] ?? ""}`).bytes.toString()).toBe(text);
    expect(disk.openFiles).toBe(0);
  }

  async function operations(): Promise<number> {
    const disk = await prepared();
    const before = disk.operations;
    await importQueueFile("/data/queue.json", settings(disk));
    return disk.operations - before;
  }

  test.each(["power", "EIO"] as const)("%s: nothing is lost, and the next call goes on", async (kind) => {
    const all = await operations();
    expect(all).toBeGreaterThan(6);
    for (let at = 0; at < all; at += 1) {
      for (let seed = 1; seed <= 4; seed += 1) {
        const disk = (await prepared()).afterPowerLoss({ at, kind });
        await importQueueFile("/data/queue.json", settings(disk)).catch(() => undefined);
        await expectAllThere(kind === "power" ? disk.afterPowerLoss() : disk.clone());
      }
    }
  });
});
