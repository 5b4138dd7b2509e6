import { fileStore } from "@gro/file-store";
import { memoryStore, StoreError } from "@gro/queue";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../file-store/support/temporary-folder.js";
import { expectRefused, failure, unreadableCalls } from "./unreadable-calls.js";

describe("what nobody could read again is refused by name, and nothing is written:", () => {
  it.each(unreadableCalls)("%s", async (_name, option, call) => {
    await expectRefused(call(memoryStore()), option);
    const folder = temporaryFolder();
    const store = fileStore(folder);
    await store.ledger.note([failure]);
    await expectRefused(call(store), option);
    await store.queue.enqueue([{ pageId: "later", contentHash: "hash" }]);
    await store.close();
    await using again = fileStore(folder);
    expect((await again.queue.stats()).oldestQueuedAt).not.toBeNull();
    expect(await again.ledger.failuresOf(["key"])).toMatchObject({ size: 1 });
    expect(await again.queue.deadLetters()).toEqual([]);
  });

  it("a record with the time of a clock that has none", async () => {
    const folder = temporaryFolder();
    const store = fileStore(folder, { clock: { now: () => Number.NaN } });
    const error: unknown = await store.queue
      .enqueue([{ pageId: "page", contentHash: "hash" }])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: "invalid_item", context: { record: "enqueue", field: "at" } });
    await store.close();
    await using again = fileStore(folder);
    expect(await again.queue.stats()).toMatchObject({ ready: 0 });
  });
});
