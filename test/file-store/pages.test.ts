import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { filePageStore, nodeFileSystem, type FileSystem } from "@gro/file-store";
import { contentHash, StoreError, type PageSummary } from "@gro/queue";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { page } from "./support/history.js";
import { temporaryFolder } from "./support/temporary-folder.js";

function summaryOf(content: string, text: string): PageSummary {
  return {
    text,
    meta: {
      contentHash: contentHash(content),
      modelId: "somebody:model",
      createdAt: "2026-01-02T00:00:00.000Z",
      ...{ inputTokens: 9, outputTokens: 3, targetTokens: 4, compressionRatio: 0.33, collapseDepth: 0 },
      fit: "model",
      warnings: [],
    },
  };
}

/** What a page's file holds. */
const jsonIn = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;

describe("a page that a host has written", () => {
  test("needs no more than its content", async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/bare.json`, '{"content":"What it says."}');
    utimesSync(`${folder}/bare.json`, 1_767_225_600, 1_767_225_600);
    const found = await filePageStore(folder).read("bare");
    expect(found).toEqual({
      contentHash: contentHash("What it says."),
      page: {
        id: "bare",
        label: "",
        content: "What it says.",
        createdAt: "2026-01-01T00:00:00.000Z",
        messageCount: 0,
        tokens: 0,
      },
    });
  });

  test("goes by the name of its file, and what is written otherwise counts as left out", async () => {
    const folder = temporaryFolder();
    const odd = {
      id: "other",
      content: "",
      label: 7,
      lane: null,
      tokens: "9",
      summary: [],
      own: { field: [1] },
    };
    writeFileSync(`${folder}/odd.json`, `\ufeff${JSON.stringify(odd)}`);
    const found = await filePageStore(folder).read("odd");
    expect(found?.page).toMatchObject({ id: "odd", label: "", tokens: 0, own: { field: [1] } });
    expect(Object.keys(found?.page ?? {})).not.toContain("lane");
    expect(Object.keys(found?.page ?? {})).not.toContain("summary");
  });

  test("keeps everything that is not ours, whatever it is, when it gets its summary", async () => {
    const folder = temporaryFolder();
    const store = filePageStore(folder);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), async (fields, content) => {
        const written = JSON.stringify({ ...fields, content });
        writeFileSync(`${folder}/page.json`, written);
        const summary = summaryOf(content, "In short.");
        expect(await store.writeSummary("page", contentHash(content), summary)).toBe("written");
        expect(jsonIn(`${folder}/page.json`)).toEqual({
          ...(JSON.parse(written) as object),
          summary: "In short.",
          summaryMeta: summary.meta,
        });
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["no JSON", "{ content: 1 }", "it is no JSON"],
    ["half of its JSON", '{"content":"On the first d', "its JSON breaks off before its end"],
    ["nothing", "", "the file is empty"],
    ["no UTF-8", Buffer.from('{"content":"\xff"}', "latin1"), "it is no UTF-8"],
    ["a list", '["content"]', "it holds no object"],
    ["no object", '"content"', "it holds no object"],
    ["nothing that it says", '{"label":"a"}', "it has no content"],
    ["content that is no text", '{"content":null}', "its content is no string"],
  ])(
    "with %s in its file is unreadable, by file and reason, and stays as it is",
    async (_what, bytes, reason) => {
      const folder = temporaryFolder();
      const path = `${folder}/page.json`;
      writeFileSync(path, bytes);
      const store = filePageStore(folder);
      for (const call of [
        () => store.read("page"),
        () => store.writeSummary("page", contentHash("text"), summaryOf("text", "In short.")),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: "page_unreadable",
          message: `Page page cannot be read from ${path}: ${reason}.`,
          context: { file: path, pageId: "page", reason },
        });
      }
      expect(readFileSync(path)).toEqual(Buffer.from(bytes));
      expect(readdirSync(folder)).toEqual(["page.json"]);
    },
  );

  test("is unreadable when it is a directory, or nobody may read it", async () => {
    const folder = temporaryFolder();
    mkdirSync(`${folder}/page.json`);
    await expect(filePageStore(folder).read("page")).rejects.toMatchObject({
      code: "page_unreadable",
      context: { reason: "it is a directory" },
    });
    writeFileSync(`${folder}/secret.json`, '{"content":""}');
    const files: FileSystem = nodeFileSystem();
    const fileSystem: FileSystem = {
      ...files,
      open() {
        throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      },
    };
    await expect(filePageStore(folder, { fileSystem }).read("secret")).rejects.toMatchObject({
      code: "page_unreadable",
      context: { reason: "permission denied (EACCES)" },
    });
  });

  test("cannot be looked for where there is no way to the directory: that is no word about the page", async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/queue.json`, "[]");
    await expect(filePageStore(`${folder}/queue.json/pages`).read("page")).rejects.toMatchObject({
      code: "store_failed",
      context: { systemCode: "ENOTDIR", file: `${folder}/queue.json/pages` },
    });
    const fileSystem: FileSystem = {
      ...nodeFileSystem(),
      facts() {
        throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      },
    };
    await expect(filePageStore(folder, { fileSystem }).read("page")).rejects.toMatchObject({
      code: "store_failed",
      context: { reason: "permission denied (EACCES)" },
    });
  });
});

describe("writing a page", () => {
  test("leaves no other file, and a file that people can read", async () => {
    const folder = temporaryFolder();
    const store = filePageStore(folder);
    await store.save(page("a", "What it says."));
    await store.writeSummary("a", contentHash("What it says."), summaryOf("What it says.", "In short."));
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(readFileSync(`${folder}/a.json`, "utf8")).toContain('\n  "content": "What it says.",\n');
  });

  test("many times at once ends with what was said last", async () => {
    const folder = temporaryFolder();
    const files = nodeFileSystem();
    let turns = 20;
    const fileSystem: FileSystem = {
      ...files,
      open(path, mode, permissions) {
        const file = files.open(path, mode, permissions);
        // A disk that is done with the last first.
        const sync = async () => {
          turns -= 2;
          for (let turn = turns; turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
          await file.sync();
        };
        return { ...file, sync };
      },
    };
    const store = filePageStore(folder, { fileSystem });
    const contents = Array.from({ length: 10 }, (_, index) => `content ${index}`);
    await Promise.all(contents.map((content) => store.save(page("a", content))));
    expect(jsonIn(`${folder}/a.json`)["content"]).toBe(contents.at(-1));
  });

  test("keeps others from reading what they could not read before", async () => {
    const folder = temporaryFolder();
    const store = filePageStore(folder);
    await store.save(page("a", "secret"));
    chmodSync(`${folder}/a.json`, 0o600);
    await store.writeSummary("a", contentHash("secret"), summaryOf("secret", "In short."));
    expect(statSync(`${folder}/a.json`).mode & 0o777).toBe(0o600);
    await store.save(page("a", "still secret"));
    expect(statSync(`${folder}/a.json`).mode & 0o777).toBe(0o600);
  });

  test("clears away what a writer left behind that died long ago, and nothing else", async () => {
    const folder = temporaryFolder();
    for (const name of [".a.dead-1.tmp", ".b.alive.tmp", ".hidden", "notes.tmp"])
      writeFileSync(`${folder}/${name}`, "");
    const now = Date.now();
    utimesSync(`${folder}/.a.dead-1.tmp`, now / 1000 - 4_000, now / 1000 - 4_000);
    utimesSync(`${folder}/notes.tmp`, 0, 0);
    utimesSync(`${folder}/.hidden`, 0, 0);
    await filePageStore(folder).save(page("c", "text"));
    expect(readdirSync(folder).sort()).toEqual([".b.alive.tmp", ".hidden", "c.json", "notes.tmp"]);
  });

  test("writes it again when somebody has cleared it away", async () => {
    const folder = temporaryFolder();
    const files = nodeFileSystem();
    let renames = 0;
    const fileSystem: FileSystem = {
      ...files,
      rename(from, to) {
        renames += 1;
        if (renames === 1) files.remove(from);
        files.rename(from, to);
      },
    };
    await filePageStore(folder, { fileSystem }).save(page("a", "text"));
    expect(jsonIn(`${folder}/a.json`)).toMatchObject({ content: "text" });
  });

  test("that fails leaves the page as it was, and the next one works", async () => {
    const folder = temporaryFolder();
    const files = nodeFileSystem();
    let isFull = true;
    const fileSystem: FileSystem = {
      ...files,
      open(path, mode, permissions) {
        const file = files.open(path, mode, permissions);
        let taken = 0;
        const append: typeof file.append = (bytes) => {
          if (!isFull) return file.append(bytes);
          if (taken > 0) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
          return (taken = file.append(bytes.subarray(0, 5)));
        };
        return { ...file, append };
      },
    };
    const store = filePageStore(folder, { fileSystem });
    writeFileSync(`${folder}/a.json`, JSON.stringify(page("a", "old")));
    const error: unknown = await store.save(page("a", "new")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: "store_failed", context: { file: `${folder}/a.json` } });
    expect(String(error)).toContain("the disk is full (ENOSPC)");
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(jsonIn(`${folder}/a.json`)).toMatchObject({ content: "old" });
    isFull = false;
    await store.save(page("a", "new"));
    expect(jsonIn(`${folder}/a.json`)).toMatchObject({ content: "new" });
  });
});

describe("a summary that comes while the host writes", () => {
  /** Does something to the page's file right after the summary was written aside. */
  function interrupted(folder: string, interrupt: (round: number) => void) {
    const files = nodeFileSystem();
    let round = 0;
    const fileSystem: FileSystem = {
      ...files,
      open(path, mode, permissions) {
        const file = files.open(path, mode, permissions);
        const sync = async () => {
          await file.sync();
          if (mode === "createNew") interrupt(++round);
        };
        return { ...file, sync };
      },
    };
    return filePageStore(folder, { fileSystem });
  }

  const write = (folder: string, fields: object) => writeFileSync(`${folder}/a.json`, JSON.stringify(fields));

  test("does not reach other content", async () => {
    const folder = temporaryFolder();
    write(folder, { content: "old" });
    const store = interrupted(folder, () => write(folder, { content: "new" }));
    expect(await store.writeSummary("a", contentHash("old"), summaryOf("old", "Old."))).toBe("changed");
    expect(jsonIn(`${folder}/a.json`)).toEqual({ content: "new" });
  });

  test("keeps what else the host has written", async () => {
    const folder = temporaryFolder();
    write(folder, { content: "same", messageCount: 1 });
    const store = interrupted(folder, (round) => {
      if (round === 1) write(folder, { content: "same", messageCount: 2, pinned: true });
    });
    expect(await store.writeSummary("a", contentHash("same"), summaryOf("same", "Same."))).toBe("written");
    expect(jsonIn(`${folder}/a.json`)).toMatchObject({
      ...{ content: "same", messageCount: 2, pinned: true },
      summary: "Same.",
    });
  });

  test("does not bring back a page that is gone", async () => {
    const folder = temporaryFolder();
    write(folder, { content: "text" });
    const files = nodeFileSystem();
    const store = interrupted(folder, (round) => {
      if (round === 1) files.remove(`${folder}/a.json`);
    });
    expect(await store.writeSummary("a", contentHash("text"), summaryOf("text", "Text."))).toBe("missing");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("gives up on a page that changes all the time", async () => {
    const folder = temporaryFolder();
    write(folder, { content: "same" });
    const store = interrupted(folder, (round) => write(folder, { content: "same", round }));
    expect(await store.writeSummary("a", contentHash("same"), summaryOf("same", "Same."))).toBe("changed");
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });
});
