import { fileStore, type FileStore } from "@gro/file-store";
import { contentHash, StoreError } from "@gro/queue";
import { describe, expect, test } from "vitest";
import { lineOf, linesIn } from "./support/lines.js";
import { SimulatedDisk } from "./support/simulated-disk.js";

const FIRST = "/store/journal-000001.jsonl";
const SECOND = "/store/journal-000002.jsonl";

const open = (disk: SimulatedDisk, segmentBytes?: number) =>
  fileStore("/store", { fileSystem: disk.fileSystem, segmentBytes });

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

/** A journal with a line for each of these items. */
async function journalOf(names: readonly string[], isClosed = false): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  await disk.fileSystem.syncDirectory("/");
  const store = open(disk);
  for (const name of names) await store.queue.enqueue([item(name)]);
  if (isClosed) await store.close();
  return disk;
}

async function pagesOf(store: FileStore): Promise<string[]> {
  const claims = await store.queue.claim({ limit: 100, leaseMs: 1 });
  return claims.map((claim) => claim.item.pageId);
}

/** Where the line with this text is. */
function lineWith(disk: SimulatedDisk, text: string) {
  const { bytes } = disk.file(FIRST);
  const found = linesIn(bytes).find(({ start, end }) => bytes.toString("utf8", start, end).includes(text));
  if (found === undefined) throw new Error(`No line with ${text}.`);
  return found;
}

async function errorOf(promise: Promise<unknown>): Promise<StoreError> {
  try {
    await promise;
  } catch (error) {
    if (StoreError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("There was no error.");
}

describe("the end of the journal", () => {
  test("a last line that is cut anywhere was never acknowledged, and keeps nothing from going on", async () => {
    const whole = await journalOf(["a", "b", "c"]);
    const { start, end } = lineWith(whole, '"c"');
    for (let length = start - 1; length < end; length += 1) {
      const disk = whole.clone();
      disk.file(FIRST).truncate(length);
      expect(await pagesOf(open(disk.clone()))).toEqual(["a", "b"]);
      await open(disk).queue.enqueue([item("d")]);
      await open(disk).queue.enqueue([item("e")]);
      expect(await pagesOf(open(disk))).toEqual(["a", "b", "d", "e"]);
    }
  });

  test("a last line that was changed is dropped, and the next file takes what comes", async () => {
    const whole = await journalOf(["a", "b", "c"]);
    const { start, end } = lineWith(whole, '"c"');
    for (let offset = start; offset < end; offset += 1) {
      const disk = whole.clone();
      const file = disk.file(FIRST);
      file.overwrite(offset, (file.bytes[offset] ?? 0) ^ 1);
      await open(disk).queue.enqueue([item("d")]);
      await open(disk).queue.enqueue([item("e")]);
      expect(await pagesOf(open(disk)), `byte ${offset}`).toEqual(["a", "b", "d", "e"]);
    }
  });

  test.each([
    ["zeros", Buffer.alloc(300)],
    ["garbage", Buffer.from('\u0001%~\n{garbage}\n\n{"crc":"zzzz', "latin1")],
    ["an old line of another file", Buffer.from(lineOf({ by: "x", do: "wake", at: 1, name: "x" }, 7))],
  ])("%s behind it count for nothing", async (_name, bytes) => {
    const disk = await journalOf(["a", "b"]);
    disk.file(FIRST).append(bytes);
    expect(await pagesOf(open(disk.clone()))).toEqual(["a", "b"]);
    await open(disk).queue.enqueue([item("c")]);
    expect(await pagesOf(open(disk))).toEqual(["a", "b", "c"]);
  });

  test("what stands behind such a hole does not count either: it was made for what is lost", async () => {
    const disk = await journalOf(["a", "b", "c", "d"]);
    // As if none of the last three had been synced: no line says that any was.
    const rewritten = ["a", "b", "c", "d"].map((name) =>
      lineOf({ by: "x", do: "enqueue", at: 1, items: [item(name)] }, 1),
    );
    const head = lineOf({ by: "x", do: "segment", version: 1, number: 1, previousEnd: 0 }, 1);
    const file = disk.file(FIRST);
    file.truncate(0);
    file.append(Buffer.from([head, ...rewritten].join("")));
    const hole = lineWith(disk, '"b"');
    for (let offset = hole.start + 50; offset < hole.end; offset += 1) file.overwrite(offset, 0);
    await open(disk).queue.enqueue([item("e")]);
    expect(await pagesOf(open(disk))).toEqual(["a", "e"]);
    expect(disk.sizes("/store").has("journal-000002.jsonl")).toBe(true);
  });
});

describe("the middle of the journal", () => {
  test("a changed byte stops with the file and where it is, whichever byte", async () => {
    const whole = await journalOf(["a", "b", "c", "d"]);
    const { start, end } = lineWith(whole, '"b"');
    for (let offset = start - 1; offset < end; offset += 1) {
      for (const change of [1, 0x80]) {
        const disk = whole.clone();
        const file = disk.file(FIRST);
        file.overwrite(offset, (file.bytes[offset] ?? 0) ^ change);
        const error = await errorOf(open(disk).queue.stats());
        expect(error, `byte ${offset}`).toMatchObject({ code: "store_corrupt", context: { file: FIRST } });
        expect(error.context["offset"], `byte ${offset}`).toBe(start - 1);
        expect(error.message).toContain(`${FIRST} is damaged at byte ${start - 1}`);
      }
    }
  });

  test("nor does it hide in a newline, as long as something follows it", async () => {
    const whole = await journalOf(["a", "b", "c", "d"]);
    const { start, end } = lineWith(whole, '"b"');
    for (let offset = start; offset < end - 1; offset += 1) {
      const disk = whole.clone();
      disk.file(FIRST).overwrite(offset, 0x0a);
      expect(await errorOf(open(disk).queue.stats()), `byte ${offset}`).toMatchObject({
        code: "store_corrupt",
      });
    }
  });

  test("a store that was closed knows its last line, too", async () => {
    const disk = await journalOf(["a", "b"], true);
    const { start } = lineWith(disk, '"b"');
    disk.file(FIRST).overwrite(start + 60, 0x20);
    expect(await errorOf(open(disk).queue.stats())).toMatchObject({ code: "store_corrupt" });
  });

  test("every call says so, and nothing is written", async () => {
    const disk = await journalOf(["a", "b", "c"]);
    disk.file(FIRST).overwrite(lineWith(disk, '"a"').end - 1, 0x20);
    const before = disk.file(FIRST).length;
    const store = open(disk);
    for (const call of [
      () => store.queue.enqueue([item("d")]),
      () => store.memo.get("key"),
      () => store.ledger.openBatches(),
    ]) {
      expect(await errorOf(call())).toMatchObject({ code: "store_corrupt" });
    }
    expect(disk.file(FIRST).length).toBe(before);
    await store.close();
  });

  test("a running process stops at it, too", async () => {
    const disk = await journalOf(["a"]);
    const reader = open(disk);
    await reader.queue.stats();
    const writer = open(disk);
    for (const name of ["b", "c", "d"]) await writer.queue.enqueue([item(name)]);
    disk.file(FIRST).overwrite(lineWith(disk, '"b"').start + 70, 0x20);
    expect(await errorOf(reader.queue.stats())).toMatchObject({ code: "store_corrupt" });
  });

  test("what a killed writer has left unfinished between two lines stops nobody", async () => {
    const whole = await journalOf(["a", "b"]);
    const unfinished = lineOf({ by: "killed", do: "enqueue", at: 1, items: [item("never")] }, 1);
    for (let length = 0; length < unfinished.length; length += 1) {
      const disk = whole.clone();
      disk.file(FIRST).append(Buffer.from(unfinished.slice(0, length)));
      const store = open(disk);
      for (const name of ["c", "d"]) await store.queue.enqueue([item(name)]);
      expect(await pagesOf(open(disk)), `${length} bytes`).toEqual(["a", "b", "c", "d"]);
    }
  });
});

describe("files of the journal", () => {
  /** So many items that several files are full. None is compacted, as all of them are live. */
  async function manySegments(): Promise<SimulatedDisk> {
    const disk = new SimulatedDisk();
    const store = open(disk, 1024);
    for (let index = 0; index < 40; index += 1) await store.queue.enqueue([item(`page-${index}`)]);
    return disk;
  }

  test("one that is missing in the middle is named", async () => {
    const disk = await manySegments();
    disk.fileSystem.remove(SECOND);
    const error = await errorOf(open(disk).queue.stats());
    expect(error).toMatchObject({ code: "store_corrupt", context: { file: SECOND } });
    expect(error.message).toContain("journal-000003.jsonl comes after it");
  });

  test("one that has lost its end, while the next one says how long it was, is named", async () => {
    const disk = await manySegments();
    const { bytes } = disk.file(FIRST);
    const lines = linesIn(bytes);
    const cut = (lines.at(-2)?.start ?? 0) - 1;
    disk.file(FIRST).truncate(cut);
    const error = await errorOf(open(disk).queue.stats());
    expect(error).toMatchObject({ code: "store_corrupt", context: { file: FIRST, offset: cut } });
  });

  test("one that has lost its seal alone is as good as before", async () => {
    const disk = await manySegments();
    const whole = await pagesOf(open(disk.clone(), 1024));
    disk.file(FIRST).truncate((linesIn(disk.file(FIRST).bytes).at(-1)?.start ?? 0) - 1);
    expect(await pagesOf(open(disk, 1024))).toEqual(whole);
  });

  test("one under another's name does not pass for it", async () => {
    const disk = await manySegments();
    disk.fileSystem.rename("/store/journal-000003.jsonl", SECOND);
    expect(await errorOf(open(disk).queue.stats())).toMatchObject({ code: "store_corrupt" });
  });

  test("one of a newer version is refused with both versions", async () => {
    const disk = new SimulatedDisk();
    disk.fileSystem.makeDirectory("/store");
    const file = disk.fileSystem.open(FIRST, "create");
    file.append(Buffer.from(lineOf({ by: "x", do: "segment", version: 2, number: 1, previousEnd: 0 }, 1)));
    const error = await errorOf(open(disk).queue.enqueue([item("a")]));
    expect(error).toMatchObject({
      code: "store_newer_version",
      context: { file: FIRST, version: 2, known: 1 },
    });
    expect(error.message).toContain(FIRST);
  });

  test("a whole line that says what this version does not know is damage", async () => {
    const disk = await journalOf(["a"]);
    const offset = disk.file(FIRST).length + 1;
    disk.file(FIRST).append(Buffer.from(lineOf({ by: "x", do: "dance", at: 1 }, 1)));
    const error = await errorOf(open(disk).queue.stats());
    expect(error).toMatchObject({ code: "store_corrupt", context: { file: FIRST, offset } });
  });

  test("a snapshot with a changed byte in its state is named, whichever byte", async () => {
    const whole = new SimulatedDisk();
    const store = open(whole, 1024);
    await store.queue.enqueue([item("live")]);
    for (let index = 0; index < 12; index += 1) {
      await store.memo.set("key", {
        text: "x".repeat(200),
        finishReason: "stop",
        usage: { inputTokens: 1, outputTokens: 1 },
      });
    }
    await store.close();
    const name = [...whole.sizes("/store").keys()].find((one) => one.startsWith("snapshot-")) ?? "";
    const path = `/store/${name}`;
    const bytes = Buffer.from(whole.file(path).bytes);
    const stateAt = bytes.indexOf('"do":"snapshot"') - 37;
    expect(stateAt).toBeGreaterThan(0);
    for (let offset = stateAt; offset < bytes.length; offset += 1) {
      const disk = whole.clone();
      disk.file(path).overwrite(offset, (bytes[offset] ?? 0) ^ 1);
      const error = await errorOf(open(disk, 1024).queue.stats());
      expect(error, `byte ${offset}`).toMatchObject({ code: "store_corrupt", context: { file: path } });
    }
  });

  test("a completion that was changed is named when it is asked for, and survives compaction as it is", async () => {
    const disk = new SimulatedDisk();
    const store = open(disk, 1024);
    const said = (text: string) =>
      ({ text, finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 } }) as const;
    await store.memo.set("precious", said("What was paid for."));
    await store.memo.set("other", said("Paid for as well."));
    const { bytes } = disk.file(FIRST);
    disk.file(FIRST).overwrite(bytes.indexOf("precious") + 40, 0x7f);
    expect(await errorOf(store.memo.get("precious"))).toMatchObject({
      code: "store_corrupt",
      context: { file: FIRST },
    });
    for (let index = 0; index < 12; index += 1) await store.memo.set("filling", said("x".repeat(300)));
    await store.close();
    const again = open(disk, 1024);
    expect(disk.sizes("/store").has("journal-000001.jsonl")).toBe(false);
    const error = await errorOf(again.memo.get("precious"));
    expect(error.code).toBe("store_corrupt");
    expect(error.context["file"]).toContain("snapshot-");
    expect(await again.memo.get("other")).toEqual(said("Paid for as well."));
  });
});
