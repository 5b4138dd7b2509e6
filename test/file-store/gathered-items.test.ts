import { fileStore } from "@gro/file-store";
import { contentHash } from "@gro/queue";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf, linesOf, open } from "./support/harm.js";
import { SimulatedDisk } from "./support/simulated-disk.js";

const item = (index: number) => ({ pageId: `page-${index}`, contentHash: contentHash("text") });

function itemsInRecords(disk: SimulatedDisk): number[] {
  return [...disk.sizes("/store").keys()]
    .flatMap((name) => linesOf(disk.file(`/store/${name}`).bytes))
    .flatMap(({ fields }) => (Array.isArray(fields["items"]) ? [fields["items"].length] : []));
}

describe("calls of enqueue that come together", () => {
  test("share records of at most 256 items", async () => {
    const disk = new SimulatedDisk();
    const { queue } = open(disk, 1 << 20);
    await queue.stats();
    await Promise.all(Array.from({ length: 600 }, (_, index) => queue.enqueue([item(index)])));
    expect(itemsInRecords(disk)).toEqual([256, 256, 88]);
  });

  test("are told of their own items, in their order, however many each brings", async () => {
    const lists = fc.array(fc.array(fc.nat({ max: 400 }), { maxLength: 300 }), { maxLength: 12 });
    const property = fc.asyncProperty(lists, async (calls) => {
      const disk = new SimulatedDisk();
      disk.fileSystem.makeDirectory("/store");
      const { queue } = open(disk, 1 << 20);
      const outcomes = await Promise.all(calls.map((numbers) => queue.enqueue(numbers.map(item))));
      const ids = outcomes.map((list) => list.map(({ id }) => id.split("@")[0]));
      expect(ids).toEqual(calls.map((numbers) => numbers.map((index) => `page-${index}`)));
      const queued = outcomes.flat().filter(({ kind }) => kind === "queued");
      const distinct = new Set(calls.flat());
      expect(new Set(queued.map(({ id }) => id)).size).toBe(distinct.size);
      expect(queued).toHaveLength(distinct.size);
      expect(await queue.stats()).toMatchObject({ ready: distinct.size });
      expect(Math.max(0, ...itemsInRecords(disk))).toBeLessThanOrEqual(256);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("all learn that the disk failed, and later calls too", async () => {
    const disk = new SimulatedDisk();
    const { queue } = fileStore("/store", {
      fileSystem: {
        ...disk.fileSystem,
        open: (path, mode) => {
          return { ...disk.fileSystem.open(path, mode), sync: () => Promise.reject(new Error("EIO")) };
        },
      },
    });
    const errors = await Promise.all([1, 2, 3].map((index) => errorOf(queue.enqueue([item(index)]))));
    expect(errors.map((error) => error?.code)).toEqual(["store_failed", "store_failed", "store_failed"]);
    expect(await errorOf(queue.enqueue([item(4)]))).toMatchObject({ code: "store_failed" });
  });

  test("do not spoil each other when one brings what is no item", async () => {
    const disk = new SimulatedDisk();
    const { queue } = open(disk);
    const [good, bad, other] = await Promise.allSettled([
      queue.enqueue([item(1)]),
      queue.enqueue([{ pageId: "../x", contentHash: "h" }]),
      queue.enqueue([item(2)]),
    ]);
    expect([good.status, bad.status, other.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await queue.stats()).toMatchObject({ ready: 2 });
  });
});
