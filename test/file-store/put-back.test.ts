import {
  appendFileSync,
  cpSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { fileStore, type FileStore } from "@gro/file-store";
import { contentHash } from "@gro/queue";
import { describe, expect, test } from "vitest";
import { lineOf } from "./support/lines.js";
import { temporaryFolder } from "./support/temporary-folder.js";

/* A backup that is put in the place of the store while a process has that open. */

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

const enqueue = (store: FileStore, pageId: string) => store.queue.enqueue([item(pageId)]);

async function pagesIn(folder: string): Promise<string[]> {
  await using store = fileStore(folder);
  const claims = await store.queue.claim({ limit: 100, leaseMs: 1 });
  return claims.map((claim) => claim.item.pageId);
}

const first = (folder: string) => `${folder}/journal-000001.jsonl`;

async function storeWith(...pageIds: readonly string[]): Promise<string> {
  const folder = `${temporaryFolder()}/store`;
  await using store = fileStore(folder);
  for (const pageId of pageIds) await enqueue(store, pageId);
  return folder;
}

/** Until the first file has ended. The next one is begun by the next change. */
async function fill(store: FileStore, folder: string): Promise<void> {
  for (let page = 0; page === 0 || !readFileSync(first(folder), "utf8").includes('"do":"seal"'); page += 1) {
    await enqueue(store, `filling-${page}`);
  }
}

const corrupt = { code: "store_corrupt" };

describe("a backup that is written into the files of a store that is open", () => {
  test("stays readable, whatever the open store is asked to do and when it is closed", async () => {
    const folder = await storeWith("a");
    const backup = readFileSync(first(folder));
    const host = fileStore(folder);
    await enqueue(host, "b");
    writeFileSync(first(folder), backup);
    await expect(enqueue(host, "c")).rejects.toMatchObject(corrupt);
    await expect(host.queue.stats()).rejects.toMatchObject(corrupt);
    await host.close();
    expect(readFileSync(first(folder))).toEqual(backup);
    expect(await pagesIn(folder)).toEqual(["a"]);
  });

  test("is left alone when the store is only closed", async () => {
    const folder = await storeWith("a");
    const backup = readFileSync(first(folder));
    const host = fileStore(folder);
    await enqueue(host, "b");
    writeFileSync(first(folder), backup);
    await host.close();
    expect(readFileSync(first(folder))).toEqual(backup);
  });

  test("is left alone after the damage was met, even when others have made it longer since", async () => {
    const folder = await storeWith("a");
    const backup = readFileSync(first(folder));
    const host = fileStore(folder);
    await enqueue(host, "b");
    writeFileSync(first(folder), backup);
    await expect(host.queue.stats()).rejects.toMatchObject(corrupt);
    await using other = fileStore(folder);
    for (const pageId of ["c", "d", "e", "f"]) await enqueue(other, pageId);
    await expect(enqueue(host, "g")).rejects.toMatchObject(corrupt);
    await host.close();
    expect(await pagesIn(folder)).toEqual(["a", "c", "d", "e", "f"]);
  });

  test("is left alone when others have made it just as long before anybody looked", async () => {
    const folder = await storeWith("a");
    const backup = readFileSync(first(folder));
    const host = fileStore(folder);
    await enqueue(host, "b");
    const { length } = readFileSync(first(folder));
    writeFileSync(first(folder), backup);
    const other = fileStore(folder);
    await enqueue(other, "c");
    expect(readFileSync(first(folder))).toHaveLength(length);
    await expect(enqueue(host, "d")).rejects.toMatchObject(corrupt);
    await host.close();
    await enqueue(other, "e");
    await other.close();
    expect(await pagesIn(folder)).toEqual(["a", "c", "e"]);
  });

  test("gets no next file behind it when the open store has ended its own", async () => {
    const folder = await storeWith("a");
    const backup = readFileSync(first(folder));
    const host = fileStore(folder, { segmentBytes: 1024 });
    await fill(host, folder);
    writeFileSync(first(folder), backup);
    await expect(enqueue(host, "b")).rejects.toMatchObject(corrupt);
    await host.close();
    expect(readdirSync(folder)).toEqual(["journal-000001.jsonl"]);
    expect(await pagesIn(folder)).toEqual(["a"]);
  });
});

describe("a record that the store refuses while it is open", () => {
  test("is not passed over by the next call", async () => {
    const folder = await storeWith("a");
    const host = fileStore(folder);
    await enqueue(host, "b");
    const { length } = readFileSync(first(folder));
    // Another process cuts a line out: what comes behind it tells.
    const bytes = readFileSync(first(folder), "latin1");
    const other = fileStore(folder);
    await enqueue(other, "c");
    await enqueue(other, "d");
    const lines = readFileSync(first(folder), "latin1").slice(length).split("\n").slice(1);
    writeFileSync(first(folder), `${bytes}\n${lines.slice(1).join("\n")}`, "latin1");
    await expect(host.queue.stats()).rejects.toMatchObject(corrupt);
    await expect(host.queue.stats()).rejects.toMatchObject(corrupt);
    await host.close();
    await other.close();
  });

  test("of a newer program ends writing, too", async () => {
    const folder = await storeWith("a");
    const host = fileStore(folder, { segmentBytes: 1024 });
    await fill(host, folder);
    const next = `${folder}/journal-000002.jsonl`;
    appendFileSync(next, lineOf({ by: "x", do: "segment", version: 2, number: 2, previousEnd: 0 }, 2));
    const before = readFileSync(next);
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(enqueue(host, "b")).rejects.toMatchObject({ code: "store_newer_version" });
    }
    await host.close();
    expect(readFileSync(next)).toEqual(before);
  });
});

describe.each(["a backup", "nothing"] as const)(
  "a directory that was moved away, with %s in its place",
  (instead) => {
    async function movedAway(segmentBytes?: number) {
      const folder = await storeWith("a");
      cpSync(folder, `${folder}.backup`, { recursive: true });
      const host = fileStore(folder, { segmentBytes });
      await enqueue(host, "b");
      const move = () => {
        renameSync(folder, `${folder}.old`);
        if (instead === "a backup") cpSync(`${folder}.backup`, folder, { recursive: true });
      };
      return { folder, host, move };
    }
    const expected = instead === "a backup" ? ["a"] : [];

    test("is noticed by a store that only looks", async () => {
      const { folder, host, move } = await movedAway();
      expect(await host.queue.stats()).toMatchObject({ ready: 2 });
      move();
      await expect(host.queue.stats()).rejects.toMatchObject({
        ...corrupt,
        message: expect.stringContaining("deleted, moved or replaced while it was in use") as string,
      });
      await host.close();
      expect(await pagesIn(folder)).toEqual(expected);
    });

    test("is noticed before a change is acknowledged", async () => {
      const { folder, host, move } = await movedAway();
      move();
      await expect(enqueue(host, "c")).rejects.toMatchObject(corrupt);
      await host.close();
      expect(await pagesIn(folder)).toEqual(expected);
    });

    test("is noticed before the next file is begun", async () => {
      const { folder, host, move } = await movedAway(1024);
      await fill(host, folder);
      move();
      await expect(enqueue(host, "c")).rejects.toMatchObject(corrupt);
      await host.close();
      expect(await pagesIn(folder)).toEqual(expected);
      rmSync(`${folder}.old`, { recursive: true });
    });
  },
);
