import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { fileStore, type FileStore } from "@gro/file-store";
import { contentHash, StoreError } from "@gro/queue";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completion } from "./support/history.js";
import { lineOf, linesIn } from "./support/lines.js";
import { turns } from "./support/run-history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const FIRST = "/store/journal-000001.jsonl";

const open = (disk: SimulatedDisk, segmentBytes?: number) =>
  fileStore("/store", { fileSystem: disk.fileSystem, segmentBytes });

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

async function pagesOf(store: FileStore): Promise<string[]> {
  const claims = await store.queue.claim({ limit: 1_000, leaseMs: 1 });
  return claims.map((claim) => claim.item.pageId);
}

async function errorOf(promise: Promise<unknown>): Promise<StoreError | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (StoreError.isInstance(error)) return error;
    throw error;
  }
}

interface Line {
  /** From the first byte to behind the last. */
  readonly start: number;
  readonly end: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function linesOf(bytes: Buffer): Line[] {
  return linesIn(bytes).map(({ start, end }) => {
    return { start, end, fields: JSON.parse(bytes.toString("utf8", start, end)) as Line["fields"] };
  });
}

/** The lines that a line behind them says its writer had read. What stands behind the first seal is not read, and vouches for nothing. */
function vouchedFor(lines: readonly Line[]): Line[] {
  const seal = lines.find(({ fields }) => fields["do"] === "seal") ?? lines.at(-1);
  const counted = lines.filter(({ start }) => start <= (seal?.start ?? 0));
  return counted.filter(({ end }) => counted.some(({ fields }) => Number(fields["read"] ?? 0) >= end));
}

const HARMS = {
  "cut out": () => Buffer.alloc(0),
  "overwritten with newlines": (bytes: Buffer) => Buffer.alloc(bytes.length, 0x0a),
  "overwritten with zeros": (bytes: Buffer) => Buffer.alloc(bytes.length),
  "overwritten with spaces": (bytes: Buffer) => Buffer.alloc(bytes.length, 0x20),
  "left without its end": (bytes: Buffer) => bytes.subarray(0, bytes.length - 7),
} as const;

type Harm = keyof typeof HARMS;
const everyHarm = Object.keys(HARMS) as Harm[];

function harmed(disk: SimulatedDisk, path: string, { start, end }: Line, harm: Harm): SimulatedDisk {
  const copy = disk.clone();
  const file = copy.file(path);
  file.splice(start - 1, end, HARMS[harm](Buffer.from(file.bytes.subarray(start - 1, end))));
  return copy;
}

async function expectNoticed(disk: SimulatedDisk, path: string, line: Line, harm: Harm): Promise<void> {
  const what = `the line at byte ${line.start}, ${harm}`;
  const error = await errorOf(open(harmed(disk, path, line, harm)).queue.stats());
  expect(error, what).toMatchObject({ code: "store_corrupt", context: { file: path } });
  expect(error?.context["offset"], what).toBeLessThanOrEqual(line.end);
  expect(error?.message, what).toContain(`${path} is damaged at byte ${error?.context["offset"]}`);
}

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

/** What one of several writers does. */
type Deed = "write" | "write at once" | "close" | "be killed" | "be killed while it writes";

const deeds = fc.array(
  fc.record({
    writer: fc.integer({ min: 0, max: 2 }),
    deed: fc.constantFrom<Deed>(
      "write",
      "write",
      "write at once",
      "close",
      "be killed",
      "be killed while it writes",
    ),
    length: fc.integer({ min: 1, max: 90 }),
  }),
  { minLength: 4, maxLength: 30 },
);

/** Does it on a disk; answers the names of the pages that were acknowledged. */
async function doAll(disk: SimulatedDisk, list: readonly { writer: number; deed: Deed; length: number }[]) {
  const stores = [open(disk, 2048), open(disk, 2048), open(disk, 2048)];
  const acknowledged: string[] = [];
  const enqueue = async (store: FileStore | undefined, name: string) => {
    await store?.queue.enqueue([item(name)]);
    acknowledged.push(name);
  };
  for (const [index, { writer, deed, length }] of list.entries()) {
    const names = [0, 1, 2].map((part) => `page-${index}-${part}`);
    switch (deed) {
      case "write":
        await enqueue(stores[writer], names[0] ?? "");
        break;
      case "write at once":
        await Promise.all(names.map((name, part) => enqueue(stores[part], name)));
        break;
      case "close":
        await stores[writer]?.close();
        stores[writer] = open(disk, 2048);
        break;
      case "be killed while it writes": {
        const newest = [...disk.sizes("/store").keys()].filter((name) => name.startsWith("journal-")).at(-1);
        if (newest !== undefined) {
          const unwritten = { by: "killed", do: "enqueue", at: 1, items: [item("never")] };
          const torn = lineOf(unwritten, Number(newest.slice(8, 14))).slice(0, length);
          disk.file(`/store/${newest}`).append(Buffer.from(torn));
        }
        stores[writer] = open(disk, 2048);
        break;
      }
      case "be killed":
        stores[writer] = open(disk, 2048);
        break;
    }
    await turns();
  }
  return acknowledged;
}

describe("whatever several writers do, and however they are killed", () => {
  test("nothing is taken for damage, and everything acknowledged is there", async () => {
    const property = fc.asyncProperty(deeds, async (list) => {
      const disk = new SimulatedDisk();
      disk.fileSystem.makeDirectory("/store");
      const acknowledged = await doAll(disk, list);
      expect((await pagesOf(open(disk, 2048))).sort()).toEqual(acknowledged.sort());
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a line that is vouched for and harmed is noticed, and one that is not is no damage", async () => {
    const choice = fc.nat();
    const property = fc.asyncProperty(
      deeds,
      choice,
      fc.constantFrom(...everyHarm),
      async (list, at, harm) => {
        const disk = new SimulatedDisk();
        disk.fileSystem.makeDirectory("/store");
        await open(disk, 2048).queue.enqueue([item("first")]);
        await doAll(disk, list);
        const newest = [...disk.sizes("/store").keys()].filter((name) => name.startsWith("journal-")).at(-1);
        const path = `/store/${newest}`;
        const { bytes } = disk.file(path);
        // What was torn is no line, and harming it is no harm.
        const isWhole = ({ start, end }: { start: number; end: number }) =>
          bytes.toString("utf8", start, end).endsWith("}");
        const whole = linesIn(bytes).filter(isWhole);
        const lines = whole.map((line): Line => {
          return {
            ...line,
            fields: JSON.parse(bytes.toString("utf8", line.start, line.end)) as Line["fields"],
          };
        });
        const vouched = vouchedFor(lines).slice(1);
        const line = vouched[at % Math.max(1, vouched.length)];
        if (line !== undefined) await expectNoticed(disk, path, line, harm);
        const last = lines.at(-1);
        if (last !== undefined && lines.length > 1 && last.end === bytes.length) {
          await open(harmed(disk, path, last, harm)).queue.stats();
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("when the power fails while several write, nothing is taken for damage and nothing acknowledged is lost", async () => {
    for (let at = 2; at < 60; at += 1) {
      for (let seed = 0; seed < 4; seed += 1) {
        const disk = new SimulatedDisk({ at, kind: "power" }, at * 31 + seed);
        const stores = [open(disk, 1024), open(disk, 1024), open(disk, 1024)];
        const acknowledged: string[] = [];
        await Promise.all(
          stores.map(async (store, writer) => {
            try {
              for (let round = 0; round < 8; round += 1) {
                const name = `page-${writer}-${round}`;
                await store.queue.enqueue([item(name)]);
                acknowledged.push(name);
                if (round % 3 === writer) await store.memo.set(name, completion(name.repeat(5)));
              }
            } catch {
              expect(disk.isOff).toBe(true);
            }
          }),
        );
        const after = disk.afterPowerLoss();
        await open(after, 1024).queue.enqueue([item("next")]);
        const found = await pagesOf(open(after, 1024));
        expect(found).toEqual(expect.arrayContaining([...acknowledged, "next"]));
      }
    }
  });
});
