import { fileStore } from "@gro/file-store";
import { memoryStore, type DurableStore } from "@gro/queue";
import { describe, expect, it } from "vitest";
import { SimulatedDisk } from "../file-store/support/simulated-disk.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = 100 * DAY;

/** Opens a store on the same data again, if it can be. */
type Opener = (clock: { readonly now: () => number }) => () => DurableStore;

const openers: readonly [string, Opener][] = [
  [
    "memoryStore",
    (clock) => {
      const store = memoryStore({ clock });
      return () => store;
    },
  ],
  [
    "fileStore",
    (clock) => {
      const disk = new SimulatedDisk();
      return () => fileStore("/store", { fileSystem: disk.fileSystem, clock, segmentBytes: 1024 });
    },
  ],
];

/** So much that the file store ends files and compacts them. */
async function fill({ memo }: DurableStore): Promise<void> {
  const usage = { inputTokens: 1, outputTokens: 1 };
  for (let round = 0; round < 12; round += 1) {
    await memo.set("filling", { text: "x".repeat(300), finishReason: "stop", usage });
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.each(openers)("%s, after a clock that was days ahead is set right", (_name, openerFor) => {
  let time = NOW;
  const clock = { now: () => time };

  async function aheadStore(): Promise<{ readonly open: () => DurableStore; readonly ahead: DurableStore }> {
    time = NOW;
    const open = openerFor(clock);
    const ahead = open();
    await ahead.queue.enqueue(["claimed", "waiting"].map((pageId) => ({ pageId, contentHash: "hash" })));
    time = NOW + 5 * DAY;
    const claims = await ahead.queue.claim({ limit: 2, leaseMs: 5 * MINUTE });
    expect(claims).toHaveLength(2);
    await ahead.queue.release(claims.slice(1), { delayMs: 2 * MINUTE, wakeOn: "batch" });
    return { open, ahead };
  }

  it("claims what was claimed, and what was put off, at once", async () => {
    const { open, ahead } = await aheadStore();
    time = NOW + MINUTE;
    const claims = await open().queue.claim({ limit: 10, leaseMs: MINUTE });
    expect(claims.map(({ item, lapses }) => [item.pageId, lapses])).toEqual([
      ["claimed", 1],
      ["waiting", 0],
    ]);
    expect(await ahead.queue.claim({ limit: 10, leaseMs: MINUTE })).toEqual([]);
    expect(await ahead.queue.stats()).toMatchObject({ claimed: 2, ready: 0, waiting: 0 });
    expect(await open().queue.complete(claims)).toEqual(["ok", "ok"]);
  });

  it("still does when the files were compacted in between", async () => {
    const { open, ahead } = await aheadStore();
    await fill(ahead);
    time = NOW;
    expect(await open().queue.claim({ limit: 10, leaseMs: MINUTE })).toHaveLength(2);
  });

  it("leaves an item to its worker when the clock is set back by less than its lease lasts", async () => {
    time = NOW;
    const { queue } = openerFor(clock)();
    await queue.enqueue([{ pageId: "a", contentHash: "hash" }]);
    const claims = await queue.claim({ limit: 1, leaseMs: 5 * MINUTE });
    time = NOW - 4 * MINUTE;
    expect(await queue.claim({ limit: 1, leaseMs: MINUTE })).toEqual([]);
    expect(await queue.extend(claims, 5 * MINUTE)).toEqual(["ok"]);
    expect(await queue.complete(claims)).toEqual(["ok"]);
  });

  it("keeps what the first worker has worked out, as long as nobody else has the item", async () => {
    const { ahead } = await aheadStore();
    time = NOW;
    const again = await ahead.queue.claim({ limit: 1, leaseMs: MINUTE });
    expect(await ahead.queue.complete(again)).toEqual(["ok"]);
    expect(await ahead.queue.complete(again)).toEqual(["lost"]);
  });

  it("claims batches, too", async () => {
    time = NOW + 5 * DAY;
    const open = openerFor(clock);
    const { ledger } = open();
    const intent = (ref: string) => ({ ref, provider: "somebody", modelId: "model", keys: [`key-${ref}`] });
    await ledger.reserve(intent("held"), 5 * MINUTE);
    const { claim } = await ledger.reserve(intent("released"), 5 * MINUTE);
    if (claim === null) throw new Error("Nothing was reserved.");
    await ledger.release(claim, MINUTE);
    await fill(open());
    time = NOW;
    const request = { provider: "somebody", limit: 10, leaseMs: MINUTE };
    expect(await open().ledger.claim({ ...request, provider: "other" })).toEqual([]);
    const refs = (await open().ledger.claim(request)).map(({ ref }) => ref);
    expect(refs.sort()).toEqual(["held", "released"]);
    expect(await open().ledger.claim(request)).toEqual([]);
  });
});
