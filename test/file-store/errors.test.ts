import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileMemo, filePageStore, fileStore, type FileSystem } from "@gro/file-store";
import { contentHash } from "@gro/queue";
import { InvalidOptionError } from "@gro/summarizer";
import { describe, expect, test } from "vitest";
import { completion, page } from "./support/history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

/** Files of which nobody may write any. */
function readOnly(fileSystem: FileSystem): FileSystem {
  const refuse = () => {
    throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  };
  return {
    ...fileSystem,
    open: (path, mode) => (mode === "read" ? fileSystem.open(path, mode) : refuse()),
    makeDirectory: refuse,
  };
}

describe("a directory that cannot be used", () => {
  test("because a file stands in its place or above it, is named with the reason", async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/file`, "something");
    for (const path of [`${folder}/file`, `${folder}/file/below`]) {
      const store = fileStore(path);
      for (const call of [() => store.queue.enqueue([item("a")]), () => store.queue.stats()]) {
        const error: unknown = await call().catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: "store_failed", isRetryable: false });
        expect(String(error)).toContain(path);
        expect(String(error)).toContain("a file stands where a directory is needed (ENOTDIR)");
      }
      await store.close();
    }
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("because nobody may write there, is named, and can still be read", async () => {
    const disk = new SimulatedDisk();
    const owner = fileStore("/store", { fileSystem: disk.fileSystem });
    await owner.queue.enqueue([item("a")]);
    await owner.memo.set("key", completion("text"));
    const store = fileStore("/store", { fileSystem: readOnly(disk.fileSystem) });
    expect(await store.queue.stats()).toMatchObject({ ready: 1 });
    expect(await store.memo.get("key")).toEqual(completion("text"));
    await expect(store.queue.enqueue([item("b")])).rejects.toMatchObject({
      code: "store_failed",
      message: "Cannot open /store/journal-000001.jsonl: permission denied (EACCES).",
      context: { file: "/store/journal-000001.jsonl", systemCode: "EACCES" },
    });
    const elsewhere = fileStore("/elsewhere", { fileSystem: readOnly(disk.fileSystem) });
    await expect(elsewhere.queue.enqueue([item("b")])).rejects.toMatchObject({
      message: "Cannot make the directory /elsewhere: permission denied (EACCES).",
    });
    await expect(elsewhere.pages.save(page("b", "text"))).rejects.toMatchObject({
      code: "store_failed",
      message: expect.stringContaining("permission denied (EACCES)") as string,
    });
  });

  test("may be mended: the next call tries again", async () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/store`, "in the way");
    const store = fileStore(`${folder}/store`);
    await expect(store.queue.enqueue([item("a")])).rejects.toMatchObject({ code: "store_failed" });
    rmSync(`${folder}/store`);
    await store.queue.enqueue([item("a")]);
    expect(await store.queue.stats()).toMatchObject({ ready: 1 });
    await store.close();
  });
});

describe("after a write that failed", () => {
  test("every change is refused with file and reason, and what was acknowledged can be read", async () => {
    const disk = new SimulatedDisk({ at: 6, kind: "EIO" });
    const store = fileStore("/store", { fileSystem: disk.fileSystem });
    await store.queue.enqueue([item("a")]);
    await expect(store.queue.enqueue([item("b")])).rejects.toMatchObject({ code: "store_failed" });
    for (const call of [
      () => store.queue.enqueue([item("c")]),
      () => store.memo.set("key", completion("text")),
      () => store.ledger.note([{ key: "key", kind: "expired", message: "Late." }]),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: "store_failed",
        message: expect.stringMatching(
          /stopped writing: \/store\/journal-000001\.jsonl: .*EIO.*open the store again/u,
        ) as string,
        context: { file: "/store/journal-000001.jsonl" },
      });
    }
    const { ready } = await store.queue.stats();
    expect(ready).toBeGreaterThanOrEqual(1);
    expect(await store.memo.get("key")).toBeUndefined();
    await store.close();
  });

  test("a compaction that fails is told, and does no harm", async () => {
    const disk = new SimulatedDisk();
    const failures: unknown[] = [];
    const store = fileStore("/store", {
      segmentBytes: 1024,
      onCompactionFailed: (error) => failures.push(error),
      fileSystem: {
        ...disk.fileSystem,
        open(path, mode) {
          if (mode === "createNew") throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
          return disk.fileSystem.open(path, mode);
        },
      },
    });
    for (let index = 0; index < 20; index += 1)
      await store.memo.set("key", completion(`${index} `.repeat(100)));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]).toMatchObject({ code: "store_failed", context: { systemCode: "ENOSPC" } });
    expect(await store.memo.get("key")).toEqual(completion("19 ".repeat(100)));
    await store.close();
    expect(disk.openFiles).toBe(0);
  });
});

describe("closing", () => {
  test("waits for what is under way, and refuses what comes after", async () => {
    const folder = temporaryFolder();
    // So much that reading it takes a while.
    await using before = fileStore(folder, { segmentBytes: 1 << 23 });
    await before.memo.set("long", completion("long ".repeat(500_000)));
    const store = fileStore(folder);
    const calls = [
      ...Array.from({ length: 50 }, (_, index) => store.queue.enqueue([item(`page-${index}`)])),
      store.memo.set("key", completion("text")),
    ];
    await Promise.all([store.close(), store.close()]);
    expect((await Promise.allSettled(calls)).every(({ status }) => status === "fulfilled")).toBe(true);
    for (const call of [
      () => store.queue.enqueue([item("late")]),
      () => store.queue.stats(),
      () => store.memo.get("key"),
      () => store.ledger.openBatches(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "store_closed", message: "The store is closed." });
    }
    await using again = fileStore(folder);
    expect(await again.queue.stats()).toMatchObject({ ready: 50 });
  });

  test("leaves no file open, whatever was under way", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem, segmentBytes: 1024 });
    const calls = Array.from({ length: 30 }, async (_, index) => {
      await store.queue.enqueue([item(`page-${index}`)]);
      await store.memo.set("key", completion("x".repeat(500)));
    });
    const settled = Promise.allSettled(calls);
    await store.close();
    expect(disk.openFiles).toBe(0);
    await settled;
    expect(disk.openFiles).toBe(0);
  });

  test("a store that was never used leaves nothing behind", async () => {
    const folder = temporaryFolder();
    await fileStore(`${folder}/store`).close();
    expect(existsSync(`${folder}/store`)).toBe(false);
  });
});

describe("options", () => {
  test.each([
    [() => fileStore(""), "directory"],
    [() => fileStore("a\0b"), "directory"],
    [() => fileStore("/x", { pagesDirectory: "" }), "pagesDirectory"],
    [() => fileStore("/x", { segmentBytes: 1023 }), "segmentBytes"],
    [() => fileMemo("/x", { memoRetentionMs: 259_199_999 }), "memoRetentionMs"],
    [() => fileMemo("/x", { memoRetentionMs: 259_200_000.5 }), "memoRetentionMs"],
    [() => filePageStore(""), "directory"],
  ])("outside their range are refused by name (%#)", (make, option) => {
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(`Invalid option ${option}: got `);
  });

  test.each([
    [{ limit: 0, leaseMs: 1 }, "limit"],
    [{ limit: 1, leaseMs: 0 }, "leaseMs"],
    [{ limit: 1, leaseMs: Number.NaN }, "leaseMs"],
    [{ limit: 1.5, leaseMs: 1 }, "limit"],
  ])("of a claim are checked before anything is written: %j", async (request, option) => {
    const disk = new SimulatedDisk();
    const { queue, ledger } = fileStore("/store", { fileSystem: disk.fileSystem });
    await expect(queue.claim(request)).rejects.toThrow(`Invalid option ${option}`);
    await expect(ledger.claim({ provider: "somebody", ...request })).rejects.toThrow(
      `Invalid option ${option}`,
    );
    expect(disk.log).toEqual([]);
  });

  test("pages are in the directory `pages` of the store, or where they are wanted", async () => {
    const folder = temporaryFolder();
    await fileStore(`${folder}/store`).pages.save(page("a", "text"));
    await fileStore(`${folder}/store`, { pagesDirectory: `${folder}/mine` }).pages.save(page("b", "text"));
    expect(readdirSync(`${folder}/store/pages`)).toEqual(["a.json"]);
    expect(readdirSync(`${folder}/mine`)).toEqual(["b.json"]);
    mkdirSync(`${folder}/empty`);
    expect(await filePageStore(`${folder}/empty`).read("a")).toBeUndefined();
  });
});

describe("a disk that is full in the middle of a write", () => {
  /** Takes a part of one write, and then nothing. */
  function filling(fileSystem: FileSystem): { readonly fileSystem: FileSystem; fill(): void } {
    let isFilling = false;
    let isFull = false;
    const open: FileSystem["open"] = (path, mode, permissions) => {
      const file = fileSystem.open(path, mode, permissions);
      const append: typeof file.append = (bytes) => {
        if (isFull) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
        if (!isFilling) return file.append(bytes);
        isFull = true;
        return file.append(bytes.subarray(0, 20));
      };
      return { ...file, append };
    };
    return { fileSystem: { ...fileSystem, open }, fill: () => void (isFilling = true) };
  }

  test("is named as the reason, and what was written of it stops nobody", async () => {
    const disk = new SimulatedDisk();
    const full = filling(disk.fileSystem);
    const store = fileStore("/store", { fileSystem: full.fileSystem });
    await store.queue.enqueue([item("a")]);
    full.fill();
    await expect(store.queue.enqueue([item("b")])).rejects.toMatchObject({
      code: "store_failed",
      message: expect.stringMatching(
        /: only 20 of \d+ bytes could be written: the disk is full \(ENOSPC\)\./u,
      ) as string,
      context: { file: "/store/journal-000001.jsonl", systemCode: "ENOSPC" },
    });
    const again = fileStore("/store", { fileSystem: disk.fileSystem });
    await again.queue.enqueue([item("c")]);
    expect(await fileStore("/store", { fileSystem: disk.fileSystem }).queue.stats()).toMatchObject({
      ready: 2,
    });
  });

  test("is named where a snapshot is written", async () => {
    const disk = new SimulatedDisk();
    const full = filling(disk.fileSystem);
    const reasons: unknown[] = [];
    const fileSystem: FileSystem = {
      ...disk.fileSystem,
      open(path, mode, permissions) {
        if (!path.endsWith(".tmp")) return disk.fileSystem.open(path, mode, permissions);
        full.fill();
        return full.fileSystem.open(path, mode, permissions);
      },
    };
    const onCompactionFailed = (reason: unknown) => reasons.push(reason);
    const store = fileStore("/store", { fileSystem, segmentBytes: 1024, onCompactionFailed });
    for (let index = 0; index < 20; index += 1) await store.memo.set("key", completion("x".repeat(200)));
    await store.close();
    expect(reasons[0]).toMatchObject({ code: "ENOSPC" });
    expect(disk.openFiles).toBe(0);
  });
});
