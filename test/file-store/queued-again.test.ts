import { fileStore } from "@gro/file-store";
import { contentHash, type QueueStore } from "@gro/queue";
import { describe, expect, test } from "vitest";
import { completion } from "./support/history.js";
import { lineOf, linesIn } from "./support/lines.js";
import { turns } from "./support/run-history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";

const FIRST = "/store/journal-000001.jsonl";
const LEASE_MS = 60_000;

const open = (disk: SimulatedDisk, segmentBytes?: number) =>
  fileStore("/store", { fileSystem: disk.fileSystem, segmentBytes });

const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

const claim = (queue: QueueStore, limit: number) => queue.claim({ limit, leaseMs: LEASE_MS });

async function newDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  await disk.fileSystem.syncDirectory("/");
  return disk;
}

describe("an item that is queued while it is claimed", () => {
  test("is known as such from a snapshot, too", async () => {
    const disk = await newDisk();
    const store = open(disk, 4096);
    await store.queue.enqueue([item("a"), item("b")]);
    const claims = await claim(store.queue, 2);
    await store.queue.enqueue([item("a")]);
    for (let round = 0; round < 40; round += 1) await store.memo.set("filling", completion("x".repeat(400)));
    await turns();
    expect(disk.fileSystem.list("/store")).not.toContain("journal-000001.jsonl");
    const { queue } = open(disk, 4096);
    expect(await queue.complete(claims)).toEqual(["ok", "ok"]);
    expect(await queue.stats()).toMatchObject({ ready: 1, claimed: 0 });
    expect((await claim(queue, 2)).map(({ item: { pageId } }) => pageId)).toEqual(["a"]);
  });

  test("takes one line, however often it is queued meanwhile", async () => {
    const disk = await newDisk();
    const store = open(disk);
    await store.queue.enqueue([item("a")]);
    await claim(store.queue, 1);
    await store.queue.enqueue([item("a")]);
    const { length } = disk.file(FIRST).bytes;
    for (let round = 0; round < 5; round += 1) await store.queue.enqueue([item("a")]);
    expect(disk.file(FIRST).bytes.length).toBe(length);
  });

  test("is gone when it is completed, where an earlier program has queued it: further numbers are as that one gave them", async () => {
    const disk = await newDisk();
    await open(disk).queue.enqueue([item("first")]);
    const by = { by: "earlier" };
    const held = [["token", [1]]];
    const lines = [
      { ...by, do: "claim", at: Date.now(), token: "token", limit: 1, leaseMs: LEASE_MS },
      { ...by, do: "enqueue", at: Date.now(), items: [item("first"), item("second")] },
      { ...by, do: "complete", at: Date.now(), held },
      { ...by, do: "enqueue", at: Date.now(), items: [item("third")] },
      { ...by, do: "claim", at: Date.now(), token: "later", limit: 2, leaseMs: LEASE_MS },
    ];
    disk.file(FIRST).append(Buffer.from(lines.map((line) => lineOf(line, 1)).join("")));
    const { queue } = open(disk);
    expect(await queue.stats()).toMatchObject({ ready: 0, claimed: 2 });
    const third = { itemId: `third@${contentHash("third")}`, token: "later.3" };
    expect(await queue.complete([third])).toEqual(["ok"]);
    expect(linesIn(disk.file(FIRST).bytes).length).toBe(2 + lines.length + 1);
  });
});
