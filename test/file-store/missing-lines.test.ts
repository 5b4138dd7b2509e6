import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { fileStore } from "@gro/file-store";
import { describe, expect, test } from "vitest";
import {
  errorOf,
  everyHarm,
  expectNoticed,
  item,
  linesOf,
  open,
  pagesOf,
  vouchedFor,
} from "./support/harm.js";
import { lineOf } from "./support/lines.js";
import { SimulatedDisk } from "./support/simulated-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const FIRST = "/store/journal-000001.jsonl";

describe.each(everyHarm)("a line that was acknowledged and is %s", (harm) => {
  test("is noticed when its writer has written on", async () => {
    const disk = new SimulatedDisk();
    const store = open(disk);
    for (const name of ["a", "b", "c", "d", "e"]) await store.queue.enqueue([item(name)]);
    const lines = linesOf(disk.file(FIRST).bytes);
    for (const line of lines.slice(1, -1)) await expectNoticed(disk, FIRST, line, harm);
  });

  test("is noticed when it is the last one of a store that was closed", async () => {
    const disk = new SimulatedDisk();
    await using store = open(disk);
    await Promise.all(["a", "b", "c"].map((name) => store.queue.enqueue([item(name)])));
    await store.close();
    const lines = linesOf(disk.file(FIRST).bytes);
    expect(lines.at(-1)?.fields["do"]).toBe("mark");
    for (const line of lines.slice(1, -1)) await expectNoticed(disk, FIRST, line, harm);
  });

  test("is noticed when it is the mark of a store that was closed, and another one has written one line since", async () => {
    const disk = new SimulatedDisk();
    await using store = open(disk);
    await store.queue.enqueue([item("a")]);
    await store.close();
    await open(disk).queue.enqueue([item("b")]);
    const mark = linesOf(disk.file(FIRST).bytes).at(-2);
    expect(mark?.fields["do"]).toBe("mark");
    if (mark !== undefined) await expectNoticed(disk, FIRST, mark, harm);
  });

  test("is noticed when its writer was killed, and another one has written one line since", async () => {
    const disk = new SimulatedDisk();
    await open(disk).queue.enqueue([item("a")]);
    await open(disk).queue.enqueue([item("b")]);
    await open(disk).queue.enqueue([item("c")]);
    const lines = linesOf(disk.file(FIRST).bytes);
    for (const line of lines.slice(1, -1)) await expectNoticed(disk, FIRST, line, harm);
  });

  test("is noticed when several writers write by turns", async () => {
    const disk = new SimulatedDisk();
    const stores = [open(disk), open(disk), open(disk)];
    for (let round = 0; round < 12; round += 1) await stores[round % 3]?.queue.enqueue([item(`p-${round}`)]);
    const lines = linesOf(disk.file(FIRST).bytes);
    for (const line of vouchedFor(lines).slice(1)) await expectNoticed(disk, FIRST, line, harm);
  });

  test("is noticed in a file that has ended, whichever line it is", async () => {
    const disk = new SimulatedDisk();
    const store = open(disk, 1024);
    for (let index = 0; index < 20; index += 1) await store.queue.enqueue([item(`page-${index}`)]);
    const lines = linesOf(disk.file(FIRST).bytes);
    expect(lines.at(-1)?.fields["do"]).toBe("seal");
    for (const line of lines.slice(1, -1)) await expectNoticed(disk, FIRST, line, harm);
  });
});

describe("lines that are whole", () => {
  test("are noticed when two of them have changed places", async () => {
    const disk = new SimulatedDisk();
    const store = open(disk);
    for (const name of ["a", "b", "c", "d"]) await store.queue.enqueue([item(name)]);
    const { bytes } = disk.file(FIRST);
    const [, , second, third] = linesOf(bytes);
    if (second === undefined || third === undefined) throw new Error("Too few lines.");
    const [one, other] = [second, third].map(({ start, end }) => Buffer.from(bytes.subarray(start - 1, end)));
    if (one === undefined || other === undefined) throw new Error("There are too few lines.");
    disk.file(FIRST).splice(second.start - 1, third.end, Buffer.concat([other, one]));
    expect(await errorOf(open(disk).queue.stats())).toMatchObject({ code: "store_corrupt" });
  });

  test("are noticed when one of them is there twice", async () => {
    const disk = new SimulatedDisk();
    const store = open(disk);
    for (const name of ["a", "b", "c", "d"]) await store.queue.enqueue([item(name)]);
    const file = disk.file(FIRST);
    const [, line] = linesOf(file.bytes);
    if (line === undefined) throw new Error("There are too few lines.");
    file.splice(line.end, line.end, Buffer.from(file.bytes.subarray(line.start - 1, line.end)));
    expect(await errorOf(open(disk).queue.stats())).toMatchObject({ code: "store_corrupt" });
  });

  test("are noticed by a process that was there before they were taken out", async () => {
    const disk = new SimulatedDisk();
    const [reader, writer] = [open(disk), open(disk)];
    await writer.queue.enqueue([item("a")]);
    await reader.queue.stats();
    for (const name of ["b", "c", "d"]) await writer.queue.enqueue([item(name)]);
    const line = linesOf(disk.file(FIRST).bytes).at(-3);
    if (line === undefined) throw new Error("There are too few lines.");
    disk.file(FIRST).splice(line.start - 1, line.end);
    expect(await errorOf(reader.queue.stats())).toMatchObject({ code: "store_corrupt" });
  });
});

describe("the newest file", () => {
  test.each([
    ["shorter", (path: string) => truncateSync(path, 100)],
    ["emptied", (path: string) => truncateSync(path, 0)],
    ["deleted", (path: string) => rmSync(path)],
  ])("is noticed by whoever has it open when it is %s", async (_name, harm) => {
    const folder = temporaryFolder();
    const path = `${folder}/journal-000001.jsonl`;
    const stores = [fileStore(folder), fileStore(folder)];
    for (const [index, store] of stores.entries()) await store.queue.enqueue([item(`page-${index}`)]);
    harm(path);
    for (const store of stores) {
      const named = { code: "store_corrupt", context: { file: path } };
      expect(await errorOf(store.queue.stats())).toMatchObject(named);
      expect(await errorOf(store.queue.enqueue([item("new")]))).toMatchObject(named);
      await store.close();
    }
  });
});

describe("a store of an earlier program, which wrote `synced` alone", () => {
  /** What the earlier program would have written. */
  function earlier(disk: SimulatedDisk): SimulatedDisk {
    const copy = disk.clone();
    for (const [name] of copy.sizes("/store")) {
      const number = Number(/\d{6}/u.exec(name)?.[0]);
      const file = copy.file(`/store/${name}`);
      let text = "";
      const moved = new Map([[0, 0]]);
      for (const { fields, end } of linesOf(file.bytes)) {
        const { crc: _crc, size: _size, read: _read, chain: _chain, ...rest } = fields;
        const { previousChain: _previous, segmentChain: _segment, synced, ...kept } = rest;
        const known = typeof synced === "number" ? { synced: moved.get(synced) } : {};
        text += lineOf({ ...known, ...kept }, number);
        moved.set(end, text.length);
      }
      file.splice(0, file.length, Buffer.from(text));
    }
    return copy;
  }

  async function earlierStore(): Promise<SimulatedDisk> {
    const disk = new SimulatedDisk();
    const store = open(disk);
    for (const name of ["a", "b", "c", "d"]) await store.queue.enqueue([item(name)]);
    return earlier(disk);
  }

  test("is read, written on, and ended", async () => {
    const disk = await earlierStore();
    const store = open(disk, 1024);
    for (let index = 0; index < 8; index += 1) await store.queue.enqueue([item(`page-${index}`)]);
    await store.close();
    const pages = await pagesOf(open(disk, 1024));
    expect(pages.slice(0, 4)).toEqual(["a", "b", "c", "d"]);
    expect(pages).toHaveLength(12);
    expect(disk.sizes("/store").has("journal-000002.jsonl")).toBe(true);
  });

  test("does not hide that a line was cut out", async () => {
    const disk = await earlierStore();
    for (const line of linesOf(disk.file(FIRST).bytes).slice(1, -1))
      await expectNoticed(disk, FIRST, line, "cut out");
  });

  test("is vouched for by whoever writes on", async () => {
    const disk = await earlierStore();
    await open(disk).queue.enqueue([item("e")]);
    for (const harm of everyHarm) {
      for (const line of linesOf(disk.file(FIRST).bytes).slice(1, -1))
        await expectNoticed(disk, FIRST, line, harm);
    }
  });
});

test("a line that another program wrote without `read` is taken as it is", async () => {
  const folder = temporaryFolder();
  await using store = fileStore(folder);
  await store.queue.enqueue([item("a")]);
  const path = `${folder}/journal-000001.jsonl`;
  const line = lineOf({ by: "x", do: "enqueue", at: 1, items: [item("b")] }, 1);
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from(line)]));
  await store.queue.enqueue([item("c")]);
  expect((await pagesOf(fileStore(folder))).sort()).toEqual(["a", "b", "c"]);
});

test("what a line says its writer had read is written as FORMAT.md tells", async () => {
  const disk = new SimulatedDisk();
  const store = open(disk);
  for (const name of ["a", "b"]) await store.queue.enqueue([item(name)]);
  await store.queue.enqueue([item("c"), item("d")]);
  const lines = linesOf(disk.file(FIRST).bytes);
  let sum = 2166136261;
  for (const [index, { fields }] of lines.entries()) {
    if (index > 1) {
      expect(fields["read"]).toBe(lines[index - 1]?.end);
      expect(fields["chain"]).toBe(sum.toString(16).padStart(8, "0"));
    }
    const crc = Number.parseInt(String(fields["crc"]), 16);
    sum = Number((BigInt((sum ^ crc) >>> 0) * 16777619n) % 2n ** 32n);
  }
});
