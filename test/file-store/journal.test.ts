import { readdirSync, readFileSync } from "node:fs";
import { fileMemo, fileQueueStore, fileBatchLedger, fileStore, type FileSystem } from "@gro/file-store";
import { contentHash } from "@gro/queue";
import { describe, expect, test } from "vitest";
import { crc32ByTable } from "../../packages/file-store/src/journal/crc32.js";
import { completion } from "./support/history.js";
import { lineOf } from "./support/lines.js";
import { turns } from "./support/run-history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { crc32 } from "node:zlib";

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });
const items = (count: number) => Array.from({ length: count }, (_, index) => item(`page-${index}`));

const isJournalWork = (entry: string) => /^(append|sync) .*journal-/u.test(entry);

describe("group commit", () => {
  test("100 calls at once take one write and one sync, in the order of the calls", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem });
    await store.queue.enqueue([item("first")]);
    const before = disk.log.length;
    await Promise.all(items(100).map((one) => store.queue.enqueue([one])));
    expect(disk.log.slice(before)).toEqual([
      "append /store/journal-000001.jsonl",
      "sync /store/journal-000001.jsonl",
    ]);
    const claims = await store.queue.claim({ limit: 200, leaseMs: 1 });
    expect(claims.map((claim) => claim.item.pageId)).toEqual([
      "first",
      ...items(100).map(({ pageId }) => pageId),
    ]);
  });

  test("100 callers that each go on when they are answered keep sharing", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem });
    await store.queue.enqueue([item("first")]);
    const before = disk.log.length;
    await Promise.all(
      Array.from({ length: 100 }, async (_, caller) => {
        for (let round = 0; round < 10; round += 1)
          await store.queue.enqueue([item(`page-${caller}-${round}`)]);
      }),
    );
    expect(disk.log.slice(before).filter(isJournalWork).length).toBeLessThanOrEqual(2 * 11);
  });

  test("calls that change nothing write nothing", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem });
    await store.queue.enqueue([item("first")]);
    const before = disk.log.length;
    await store.queue.claim({ limit: 1, leaseMs: 60_000 });
    await store.queue.enqueue([item("first")]);
    const after = disk.log.length;
    await store.queue.enqueue([item("first")]);
    await store.queue.complete([{ itemId: "nothing@known", token: "none" }]);
    await store.queue.wake("nobody");
    await store.queue.retry();
    await store.queue.claim({ limit: 1, leaseMs: 1_000 });
    await store.ledger.claim({ provider: "nobody", limit: 1, leaseMs: 1 });
    await store.ledger.forgive(["nothing"]);
    await store.ledger.note([]);
    // The claim, and that its item was queued again.
    expect(after - before).toBe(4);
    expect(disk.log.slice(after)).toEqual([]);
  });
});

describe("opening", () => {
  test("making the object and asking it touches nothing where nothing is", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/not/there", { fileSystem: disk.fileSystem });
    expect(await store.queue.stats()).toMatchObject({ ready: 0 });
    expect(await store.memo.get("key")).toBeUndefined();
    expect(await store.pages.read("page")).toBeUndefined();
    await store.close();
    expect(disk.log).toEqual([]);
  });

  test("files are read in blocks, and lines longer than a block are whole", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem });
    const long = completion("long ".repeat(700_000));
    await store.memo.set("long", long);
    for (let index = 0; index < 50; index += 1)
      await store.memo.set(`key-${index}`, completion("x".repeat(100_000)));
    let largest = 0;
    const counting: FileSystem = {
      ...disk.fileSystem,
      open(path, mode) {
        const file = disk.fileSystem.open(path, mode);
        const read: typeof file.read = (target, position) => {
          largest = Math.max(largest, target.byteLength);
          return file.read(target, position);
        };
        return { ...file, read };
      },
    };
    const again = fileStore("/store", { fileSystem: counting });
    await again.queue.stats();
    expect(largest).toBeLessThan(4_000_000);
    expect(await again.memo.get("long")).toEqual(long);
  });
});

describe("the files", () => {
  test("are lines of JSON that say what was done, each with its CRC and size", async () => {
    const folder = temporaryFolder();
    const store = fileStore(folder, { clock: { now: () => 1_767_225_600_000 }, randomId: () => "writer" });
    await store.queue.enqueue([{ ...item("page-1"), label: "Zażółć 🗺️", request: { targetTokens: 100 } }]);
    const { length } = await store.queue.claim({ limit: 1, leaseMs: 60_000 });
    expect(length).toBe(1);
    const text = readFileSync(`${folder}/journal-000001.jsonl`, "utf8");
    const records = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ do: what }) => what)).toEqual(["segment", "enqueue", "claim"]);
    expect(records[1]).toMatchObject({
      by: expect.stringMatching(/^[0-9a-f]{12}$/u) as string,
      at: 1_767_225_600_000,
      items: [{ pageId: "page-1", label: "Zażółć 🗺️", request: { targetTokens: 100 } }],
    });
    const rewritten = records.map(({ crc: _crc, size: _size, ...rest }) => lineOf(rest, 1));
    expect(text).toBe(rewritten.join(""));
    await store.close();
  });

  test("are what FORMAT.md says", () => {
    const page = readFileSync(new URL("../../packages/file-store/FORMAT.md", import.meta.url), "utf8");
    const line = /^\{"crc".*$/mu.exec(page)?.[0] ?? "";
    const { crc: _crc, size: _size, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(`\n${line}`).toBe(lineOf(rest, 1));
  });

  test("are one journal, whichever part of the store is used", async () => {
    const folder = temporaryFolder();
    const memo = fileMemo(folder);
    const queue = fileQueueStore(folder);
    const ledger = fileBatchLedger(folder);
    await memo.set("key", completion("text"));
    await queue.enqueue([item("page")]);
    await ledger.reserve({ ref: "ref", provider: "somebody", modelId: "model", keys: ["key"] }, 1_000);
    await Promise.all([memo.close(), queue.close(), ledger[Symbol.asyncDispose]()]);
    expect(readdirSync(folder)).toEqual(["journal-000001.jsonl"]);
    await using store = fileStore(folder);
    expect(await store.memo.get("key")).toEqual(completion("text"));
    expect(await store.queue.stats()).toMatchObject({ ready: 1 });
    expect(await store.ledger.holders(["key"])).toEqual(new Map([["key", "ref"]]));
  });

  test("stay few and small, however much went through them", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem });
    let largest = 0;
    for (let round = 0; round < 60; round += 1) {
      await store.queue.enqueue(Array.from({ length: 500 }, (_, index) => item(`page-${round}-${index}`)));
      await store.queue.complete(await store.queue.claim({ limit: 500, leaseMs: 60_000 }));
      const sizes = [...disk.sizes("/store").values()];
      largest = Math.max(
        largest,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }
    await store.close();
    expect(largest).toBeLessThan(4_000_000);
    expect(disk.sizes("/store").size).toBeLessThan(5);
  });

  test("stay few and small, however often a completion is set again", async () => {
    const disk = new SimulatedDisk();
    const store = fileStore("/store", { fileSystem: disk.fileSystem, segmentBytes: 65_536 });
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          store.memo.set(`key-${index}`, completion(`${round} `.repeat(100))),
        ),
      );
    }
    await store.close();
    const sizes = [...disk.sizes("/store").values()];
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
  });

  test("take whichever CRC-32 Node brings, or one made here", () => {
    const byTable = crc32ByTable();
    for (const text of ["", "a", "123456789", "Zażółć gęślą jaźń".repeat(100)]) {
      for (const seed of [0, 1, 77, 0xffffffff]) {
        expect(byTable(Buffer.from(text), seed)).toBe(crc32(text, seed));
      }
    }
  });
});

describe("retention", () => {
  const DAY = 86_400_000;

  async function fill(store: ReturnType<typeof fileStore>): Promise<void> {
    for (let index = 0; index < 8; index += 1) await store.memo.set("filling", completion("x".repeat(400)));
    await turns();
  }

  test("completions and failures are kept for 30 days after they were last set, then they make room", async () => {
    const disk = new SimulatedDisk();
    let time = 100 * DAY;
    const open = ({ fileSystem } = disk) =>
      fileStore("/store", { fileSystem, segmentBytes: 1024, clock: { now: () => time } });
    const [one, other] = [open(), open()];
    const failure = { key: "old", kind: "expired", message: "It took too long." };
    await one.memo.set("renewed", completion("renewed"));
    await one.memo.set("old", completion("old"));
    await one.ledger.note([failure]);
    await other.memo.get("old");
    time += 20 * DAY;
    await other.memo.set("renewed", completion("renewed"));
    time += 9 * DAY;
    await fill(one);
    // What is read is kept for longer: not on this disk.
    expect(await open(disk.clone()).memo.get("old")).toEqual(completion("old"));
    for (const store of [one, other, open()]) {
      expect((await store.ledger.failuresOf(["old"])).size).toBe(1);
    }
    time += 2 * DAY;
    await fill(one);
    for (const store of [one, other, open()]) {
      expect(await store.memo.get("old")).toBeUndefined();
      expect(await store.memo.get("renewed")).toEqual(completion("renewed"));
      expect((await store.ledger.failuresOf(["old"])).size).toBe(0);
    }
  });

  test("a completion stays for as long as it is read every 36 hours, however short the retention", async () => {
    const disk = new SimulatedDisk();
    let time = 100 * DAY;
    const open = () =>
      fileStore("/store", {
        ...{ fileSystem: disk.fileSystem, segmentBytes: 1024, clock: { now: () => time } },
        memoRetentionMs: 3 * DAY,
      });
    const [one, other] = [open(), open()];
    await one.memo.set("read", completion("read"));
    await one.memo.set("unread", completion("unread"));
    // At this age it is not yet renewed: the worst moment for the last look before a long wait.
    for (let round = 0; round < 10; round += 1) {
      time += 1.5 * DAY;
      const { operations } = disk;
      expect(await other.memo.get("read")).toEqual(completion("read"));
      expect(disk.operations > operations).toBe(round % 2 === 1);
      await fill(one);
    }
    for (const store of [one, other, open()]) {
      expect(await store.memo.get("read")).toEqual(completion("read"));
      expect(await store.memo.get("unread")).toBeUndefined();
    }
    time += 3 * DAY + 1;
    await fill(one);
    expect(await one.memo.get("read")).toBeUndefined();
  });

  test("a completion that cannot be kept for longer is read all the same", async () => {
    const readLate = async (disk: SimulatedDisk) => {
      let time = 100 * DAY;
      const store = fileStore("/store", { fileSystem: disk.fileSystem, clock: { now: () => time } });
      await store.memo.set("key", completion("paid for"));
      time += 2 * DAY;
      const { operations } = disk;
      expect(await store.memo.get("key")).toEqual(completion("paid for"));
      return { store, operations };
    };
    const { operations } = await readLate(new SimulatedDisk());
    const { store } = await readLate(new SimulatedDisk({ at: operations, kind: "EIO" }));
    await expect(store.memo.set("key", completion("paid for"))).rejects.toMatchObject({
      code: "store_failed",
    });
  });
});

describe("the clock", () => {
  test("hides no item that waits for nothing when it is set back", async () => {
    const disk = new SimulatedDisk();
    let time = 1_000_000;
    const { queue } = fileStore("/store", { fileSystem: disk.fileSystem, clock: { now: () => time } });
    await queue.enqueue([item("queued"), item("released")]);
    const claims = await queue.claim({ limit: 2, leaseMs: 100 });
    await queue.release(claims);
    time -= 500_000;
    expect(await queue.stats()).toMatchObject({ ready: 2 });
    expect(await queue.claim({ limit: 2, leaseMs: 100 })).toHaveLength(2);
  });
});
