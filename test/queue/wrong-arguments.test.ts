import { fileStore } from "@gro/file-store";
import { memoryStore, StoreError, type ClaimRequest, type DurableStore, type NewQueueItem } from "@gro/queue";
import { InvalidOptionError } from "@gro/summarizer";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../file-store/support/temporary-folder.js";

const stores: readonly [string, () => DurableStore][] = [
  ["memoryStore", () => memoryStore()],
  ["fileStore", () => fileStore(temporaryFolder())],
];

describe.each(stores)("%s says what is wrong with", (_name, open) => {
  // As JavaScript may call it.
  it.each([null, undefined, 7, "page"])("an item that is %j", async (item) => {
    const { queue } = open();
    const items = [{ pageId: "a", contentHash: "hash" }, item as unknown as NewQueueItem];
    const error: unknown = await queue.enqueue(items).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: "invalid_item" });
    expect(String(error)).toContain("an item must be an object with pageId and contentHash");
    expect(await queue.stats()).toMatchObject({ ready: 0 });
  });

  it.each([null, undefined, 7, {}])("items that are %j", async (items) => {
    const { queue } = open();
    const enqueued = queue.enqueue(items as NewQueueItem[]);
    await expect(enqueued).rejects.toMatchObject({ code: "invalid_item" });
  });

  it.each([
    [undefined, "request"],
    [null, "request"],
    [{}, "limit"],
    [{ limit: 0, leaseMs: 1 }, "limit"],
    [{ limit: 1 }, "leaseMs"],
    [{ limit: 1, leaseMs: -5 }, "leaseMs"],
  ])("a claim of %j", async (request, option) => {
    const { queue } = open();
    await queue.enqueue([{ pageId: "a", contentHash: "hash" }]);
    const error: unknown = await queue.claim(request as ClaimRequest).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option });
    expect(await queue.stats()).toMatchObject({ ready: 1 });
  });
});
