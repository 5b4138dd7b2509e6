import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySummaryRecords, type SummaryRecordStore, type SummaryStorageRecord } from "@gro/summarizer";
import { afterEach, describe, expect, it } from "vitest";
import { fileSummaryRecords } from "../../../packages/file-store/src/summary-records.js";

const folders: string[] = [];

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "records-"));
  folders.push(path);
  return path;
}

afterEach(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true });
});

function record(id: string, time: number, content = `${id} at ${time}`): SummaryStorageRecord {
  return {
    id,
    content,
    metadata: {
      ...{ conversation_id: id, role: "summary", input_tokens: 9, output_tokens: 3 },
      ...{ compression_ratio: 1 / 3, collapse_depth: 0, is_final: true },
      created_at: new Date(time).toISOString(),
    },
  };
}

const at = (time: number) => new Date(time).toISOString();

describe.each<[string, () => Promise<() => SummaryRecordStore>]>([
  [
    "memorySummaryRecords",
    async () => {
      const store = memorySummaryRecords();
      return () => store;
    },
  ],
  [
    "fileSummaryRecords",
    async () => {
      const path = join(await folder(), "below", "records");
      return () => fileSummaryRecords(path);
    },
  ],
])("%s", (_name, create) => {
  it("gives back what was stored, also to others who open it", async () => {
    const open = await create();
    expect(await open().get("a:summary")).toBeUndefined();
    expect(await open().put(record("a:summary", 1), null)).toBe("stored");
    expect(await open().get("a:summary")).toEqual(record("a:summary", 1));
    expect(await open().get("b:summary")).toBeUndefined();
  });

  it("replaces only what the caller has seen", async () => {
    const open = await create();
    await open().put(record("a", 1), null);
    expect(await open().put(record("a", 2), null)).toBe("changed");
    expect(await open().put(record("a", 2), at(7))).toBe("changed");
    expect(await open().put(record("b", 2), at(1))).toBe("changed");
    expect(await open().get("a")).toEqual(record("a", 1));
    expect(await open().put(record("a", 2), at(1))).toBe("stored");
    expect(await open().get("a")).toEqual(record("a", 2));
  });

  it("lets one of many win who have seen the same", async () => {
    const open = await create();
    for (let time = 0; time < 12; time += 1) {
      const writers = Array.from({ length: 6 }, (_, writer) =>
        open().put(record("a", time + 1, `writer ${writer}`), time === 0 ? null : at(time)),
      );
      const outcomes = await Promise.all(writers);
      expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(1);
      const winner = outcomes.indexOf("stored");
      expect((await open().get("a"))?.content).toBe(`writer ${winner}`);
    }
  });

  it("takes any id", async () => {
    const open = await create();
    for (const id of ["../../etc/passwd", "a/b", "ü".repeat(400), "CON", "a\0b"]) {
      expect(await open().put(record(id, 1), null)).toBe("stored");
      expect((await open().get(id))?.id).toBe(id);
    }
  });
});

describe("fileSummaryRecords", () => {
  it("keeps few files, and a record that people can read", async () => {
    const path = await folder();
    const store = fileSummaryRecords(path);
    for (let time = 1; time <= 30; time += 1) {
      await store.put(record("a", time), time === 1 ? null : at(time - 1));
    }
    const [name = ""] = await readdir(path);
    const names = await readdir(join(path, name));
    expect(names.length).toBeLessThanOrEqual(9);
    expect(await readFile(join(path, name, "30.json"), "utf8")).toContain('"content": "a at 30"');
  });

  it("answers changed to a writer who slept through so many versions that its name is free again", async () => {
    const path = await folder();
    const store = fileSummaryRecords(path);
    await store.put(record("a", 1), null);
    const [name = ""] = await readdir(path);
    let others: Promise<void> | undefined;
    const slow = fileSummaryRecords(path, {
      randomId: () => "slow",
      files: {
        makeDirectory: async () => {
          // It has looked, and goes on only when others have come and gone.
          others ??= (async () => {
            for (let time = 2; time <= 20; time += 1) await store.put(record("a", time), at(time - 1));
          })();
          await others;
        },
        list: (directory) => readdir(directory),
        read: (file) => readFile(file, "utf8"),
        writeNew: (file, text) => writeFile(file, text, { flag: "wx" }),
        link: async (from, to) => (await import("node:fs/promises")).link(from, to),
        remove: (file) => rm(file),
        syncDirectory: () => Promise.resolve(),
      },
    });
    expect(await slow.put(record("a", 2, "slow"), at(1))).toBe("changed");
    expect(await store.get("a")).toEqual(record("a", 20));
    expect(await readdir(join(path, name))).not.toContain("2.json");
  });

  it("names a file that holds no record", async () => {
    const path = await folder();
    const store = fileSummaryRecords(path);
    await store.put(record("a", 1), null);
    const [name = ""] = await readdir(path);
    await writeFile(join(path, name, "2.json"), "{ torn");
    await expect(store.get("a")).rejects.toMatchObject({ code: "store_corrupt" });
    await expect(store.get("a")).rejects.toThrow("2.json");
  });

  it("says what the file system would not do", async () => {
    const path = await folder();
    await writeFile(join(path, "file"), "");
    const store = fileSummaryRecords(join(path, "file"));
    await expect(store.put(record("a", 1), null)).rejects.toMatchObject({ code: "store_failed" });
    await mkdir(join(path, "other"));
    expect(() => fileSummaryRecords("")).toThrow("directory");
  });
});
