import { fileStore, type FileStore, type FileSystem } from "@gro/file-store";
import { contentHash } from "@gro/queue";
import { describe, expect, test } from "vitest";
import { completion } from "./support/history.js";
import { linesIn } from "./support/lines.js";
import { turns } from "./support/run-history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

function open(disk: SimulatedDisk, fileSystem: FileSystem = disk.fileSystem): FileStore {
  return fileStore("/store", { fileSystem, segmentBytes: 1024 });
}

/** Writes what replaces itself, so that files are ended and compacted away. */
async function fill({ memo }: FileStore, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await memo.set("filling", completion("x".repeat(400)));
  await turns();
}

function segments(disk: SimulatedDisk): string[] {
  return [...disk.sizes("/store").keys()].filter((name) => name.startsWith("journal-"));
}

async function pagesOf({ queue }: FileStore): Promise<string[]> {
  return (await queue.claim({ limit: 100, leaseMs: 60_000 })).map((claim) => claim.item.pageId);
}

describe("two instances", () => {
  test("what lands behind a seal is appended again, once", async () => {
    const disk = new SimulatedDisk();
    const fast = open(disk);
    const slow = open(disk);
    await fast.queue.enqueue([item("first")]);
    await slow.queue.enqueue([item("second")]);
    // All of it is live, so that nothing is compacted away.
    for (let index = 0; index < 12; index += 1) await fast.queue.enqueue([item(`filling-${index}`)]);
    expect(segments(disk).length).toBeGreaterThan(1);
    // The slow one still has the first file, and learns of its end only when it has written.
    expect((await slow.queue.enqueue([item("late")]))[0]?.kind).toBe("queued");
    expect(disk.file("/store/journal-000001.jsonl").bytes.toString()).toContain('"late"');
    const pages = await pagesOf(open(disk));
    expect(pages.filter((page) => page === "late")).toHaveLength(1);
    expect(pages).toHaveLength(15);
  });

  test("what one has finished the other can queue again, although it knew it as queued", async () => {
    const disk = new SimulatedDisk();
    const [one, other] = [open(disk), open(disk)];
    await one.queue.enqueue([item("page")]);
    await other.queue.complete(await other.queue.claim({ limit: 1, leaseMs: 60_000 }));
    expect(await one.queue.enqueue([item("page")])).toMatchObject([{ kind: "queued" }]);
    expect(await pagesOf(other)).toEqual(["page"]);
  });

  test("one that slept while its file was compacted away goes on with the others", async () => {
    const disk = new SimulatedDisk();
    const awake = open(disk);
    const asleep = open(disk);
    await asleep.queue.enqueue([item("before")]);
    await awake.memo.set("kept", completion("What was paid for."));
    await asleep.memo.get("kept");
    await fill(awake, 30);
    expect(segments(disk)).not.toContain("journal-000001.jsonl");
    expect(await asleep.memo.get("kept")).toEqual(completion("What was paid for."));
    await asleep.queue.enqueue([item("after")]);
    expect(await pagesOf(awake)).toEqual(["before", "after"]);
    expect(await pagesOf(asleep)).toEqual([]);
    await awake.close();
    await asleep.close();
    expect(disk.openFiles).toBe(0);
  });

  test("completions are found wherever compaction has carried them", async () => {
    const disk = new SimulatedDisk();
    const stores = [open(disk), open(disk), open(disk)];
    for (let index = 0; index < 30; index += 1) {
      const store = stores[index % 3];
      await store?.memo.set(`key-${index}`, completion(`text ${index}`));
      if (store !== undefined && index % 5 === 4) await fill(store, 12);
    }
    expect(disk.log.filter((entry) => entry.startsWith("rename")).length).toBeGreaterThan(3);
    for (const store of [...stores, open(disk)]) {
      for (let index = 0; index < 30; index += 1) {
        expect(await store.memo.get(`key-${index}`)).toEqual(completion(`text ${index}`));
      }
    }
  });

  test("completions are found by one that has read everything else, too", async () => {
    const disk = new SimulatedDisk();
    const [one, other] = [open(disk), open(disk)];
    await one.memo.set("kept", completion("What was paid for."));
    for (let index = 0; index < 30; index += 1) {
      await one.memo.set("filling", completion("x".repeat(400)));
      await turns();
      // It keeps up, and never has to begin anew.
      await other.queue.stats();
    }
    expect(segments(disk)).not.toContain("journal-000001.jsonl");
    expect(await other.memo.get("kept")).toEqual(completion("What was paid for."));
    expect(await one.memo.get("kept")).toEqual(completion("What was paid for."));
  });

  test("one that comes late does not make a file again that was compacted away", async () => {
    const disk = new SimulatedDisk();
    const others = open(disk);
    await others.queue.enqueue([item("first")]);
    // What the late one gets to see of the directory is from before the others went on.
    const view = { names: ["journal-000001.jsonl"], looks: 0 };
    const late = open(disk, {
      ...disk.fileSystem,
      open(path, mode) {
        const name = path.split("/").at(-1) ?? "";
        if (mode === "read" && view.looks > 0 && !view.names.includes(name)) {
          throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
        }
        return disk.fileSystem.open(path, mode);
      },
      list(path) {
        if (view.looks === 0) return disk.fileSystem.list(path);
        view.looks -= 1;
        return view.names;
      },
    });
    await late.queue.enqueue([item("second")]);
    for (let index = 0; index < 3; index += 1) await others.memo.set("filling", completion("x".repeat(300)));
    expect(disk.file("/store/journal-000001.jsonl").bytes.toString()).toContain('"do":"seal"');
    await fill(others, 30);
    view.looks = 4;
    expect(segments(disk)).not.toContain("journal-000002.jsonl");
    await late.queue.enqueue([item("third")]);
    // It did make it, and then saw that it must not use it.
    expect(disk.log.filter((entry) => entry === "create /store/journal-000002.jsonl")).toHaveLength(2);
    expect(await pagesOf(others)).toEqual(["first", "second", "third"]);
    expect(await pagesOf(open(disk))).toEqual([]);
  });

  test("an answer holds although another instance has made the file and not yet synced its name", async () => {
    const disk = new SimulatedDisk();
    disk.fileSystem.makeDirectory("/store");
    await disk.fileSystem.syncDirectory("/");
    const stuck = open(disk, {
      ...disk.fileSystem,
      syncDirectory: (path) =>
        path === "/store" ? new Promise(() => undefined) : disk.fileSystem.syncDirectory(path),
    });
    void stuck.queue.enqueue([item("stuck")]);
    await turns();
    expect(segments(disk)).toEqual(["journal-000001.jsonl"]);
    await open(disk).queue.enqueue([item("acknowledged")]);
    for (let chance = 0; chance < 10; chance += 1) {
      expect(await pagesOf(open(disk.afterPowerLoss()))).toEqual(["acknowledged"]);
    }
  });

  test("`duplicate` means that the item survives, also when who queued it still waits for the disk", async () => {
    const disk = new SimulatedDisk();
    const first = open(disk);
    await first.queue.enqueue([item("first")]);
    await first.close();
    const stuck = open(disk, {
      ...disk.fileSystem,
      open: (path, mode) => {
        const file = disk.fileSystem.open(path, mode);
        const end = file.size();
        // What the first one left can be synced, what this one writes never is.
        return { ...file, sync: () => (file.size() > end ? new Promise(() => undefined) : file.sync()) };
      },
    });
    void stuck.queue.enqueue([item("second")]);
    await turns();
    expect(linesIn(disk.file("/store/journal-000001.jsonl").bytes)).toHaveLength(4);
    expect(await open(disk).queue.enqueue([item("second")])).toMatchObject([{ kind: "duplicate" }]);
    for (let chance = 0; chance < 10; chance += 1) {
      expect(await pagesOf(open(disk.afterPowerLoss()))).toEqual(["first", "second"]);
    }
  });

  test("both compact at the same time, and nothing is lost", async () => {
    const disk = new SimulatedDisk();
    const stores = [open(disk), open(disk)];
    await Promise.all(
      stores.map(async (store, on) => {
        for (let index = 0; index < 60; index += 1) {
          await store.queue.enqueue([item(`page-${on}-${index}`)]);
          await store.memo.set(`key-${on}-${index}`, completion(`text ${index}`));
          await store.memo.set("filling", completion("x".repeat(300)));
        }
      }),
    );
    for (const store of stores) await store.close();
    expect(disk.log.filter((entry) => entry.startsWith("rename")).length).toBeGreaterThan(2);
    expect([...disk.sizes("/store").keys()].filter((name) => name.endsWith(".tmp"))).toEqual([]);
    const again = open(disk);
    expect(new Set(await pagesOf(again))).toHaveLength(100);
    expect(new Set(await pagesOf(again))).toHaveLength(20);
    for (const on of [0, 1]) {
      for (let index = 0; index < 60; index += 1) {
        expect(await again.memo.get(`key-${on}-${index}`)).toEqual(completion(`text ${index}`));
      }
    }
  });
});
