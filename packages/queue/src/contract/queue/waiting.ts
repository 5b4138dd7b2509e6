import type { QueueStore, ReleaseOptions } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, pageIds } from "./samples.js";

/** Puts an item in, claims it and gives it back with these options. */
async function releasedItem(queue: QueueStore, leaseMs: number, pageId: string, options: ReleaseOptions) {
  await queue.release([await claimedItem(queue, leaseMs, pageId)], options);
}

/** Items that are given back for later. */
export const waiting: CaseGroup<QueueStore> = {
  name: "delays and wake",
  cases: [
    {
      name: "an item released with a delay is claimable when the delay is over",
      async run({ store, leaseMs, passTime }) {
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs });
        await passTime(Math.floor(leaseMs / 2));
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "release: an item must not be claimable within its delay",
        );
        await passTime(Math.ceil(leaseMs / 2));
        const claim = only(
          await claimAll(store, leaseMs),
          "release: an item must be claimable after its delay",
        );
        verifySame(claim.lapses, 0, "release: a delay that ended is no lapse");
      },
    },
    {
      name: "delays end to the millisecond",
      needs: "clock",
      async run({ store, leaseMs, passTime }) {
        await releasedItem(store, leaseMs, "a", { delayMs: 1_000 });
        await passTime(999);
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "release: the delay must last to its last millisecond",
        );
        await passTime(1);
        only(await claimAll(store, leaseMs), "release: the item must be claimable when the delay is over");
      },
    },
    {
      name: "wake makes the items of its name claimable, and no others",
      async run({ store, leaseMs }) {
        const names = ["batch_1", "batch_1", "batch_10", "batchX1", "BATCH_1", undefined];
        for (const [index, wakeOn] of names.entries()) {
          await releasedItem(store, leaseMs, `a-${index}`, { delayMs: leaseMs, wakeOn });
        }
        verifySame(await store.wake("batch_1"), 2, "wake: it must answer how many items it woke");
        const woken = pageIds(await claimAll(store, leaseMs));
        verifySame(
          woken,
          ["a-0", "a-1"],
          "wake: only items of exactly this name must be claimable, oldest first",
        );
      },
    },
    {
      name: "wake answers 0 for a name that nobody waits for",
      async run({ store, leaseMs }) {
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs, wakeOn: "known" });
        verifySame(await store.wake("unknown"), 0, "wake: a name that nobody waits for wakes nobody");
        await store.wake("known");
        verifySame(await store.wake("known"), 0, "wake: an item must be woken once");
      },
    },
    {
      name: "wake knows names in any writing",
      async run({ store, leaseMs }) {
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs, wakeOn: "партия №1 🧺 %_'" });
        verifySame(await store.wake("партия №1 🧺 %_'"), 1, "wake: names may be any text");
      },
    },
    {
      name: "wake counts no item whose delay is over",
      async run({ store, leaseMs, passTime }) {
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs, wakeOn: "batch" });
        await passTime(leaseMs);
        verifySame(await store.wake("batch"), 0, "wake: an item whose delay is over must not be counted");
        only(await claimAll(store, leaseMs), "wake: an item whose delay is over must stay claimable");
      },
    },
    {
      name: "wake leaves an item alone that somebody has claimed by now",
      async run({ store, leaseMs, passTime }) {
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs, wakeOn: "batch" });
        await passTime(leaseMs);
        const claim = await claimOne(store, leaseMs);
        verifySame(await store.wake("batch"), 0, "wake: a claimed item must not be counted");
        verifySame(await claimAll(store, leaseMs), [], "wake: a claimed item must stay with its claimer");
        verifySame(await store.complete([claim]), ["ok"], "wake: a claim must stay good");
      },
    },
    {
      name: "an item waits for the name of its latest release alone",
      async run({ store, leaseMs }) {
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs, wakeOn: "first" });
        await store.wake("first");
        await store.release([await claimOne(store, leaseMs)], { delayMs: leaseMs, wakeOn: "second" });
        verifySame(await store.wake("first"), 0, "wake: the name of an earlier release must be forgotten");
        verifySame(await store.wake("second"), 1, "wake: the name of the latest release must count");
        await store.release([await claimOne(store, leaseMs)], { delayMs: leaseMs });
        verifySame(
          await store.wake("second"),
          0,
          "wake: a release without a name must forget the one before",
        );
      },
    },
    {
      name: "wake does not remember a name for later",
      async run({ store, leaseMs }) {
        await store.wake("batch");
        await releasedItem(store, leaseMs, "a", { delayMs: leaseMs, wakeOn: "batch" });
        verifySame(await claimAll(store, leaseMs), [], "wake: it must not wake what is released after it");
      },
    },
    {
      name: "an item that was woken takes its place by age",
      async run({ store, leaseMs, passTime }) {
        await releasedItem(store, leaseMs, "old", { delayMs: leaseMs, wakeOn: "batch" });
        await passTime(1);
        await store.enqueue([item("new")]);
        await store.wake("batch");
        const order = pageIds(await claimAll(store, leaseMs));
        verifySame(order, ["old", "new"], "wake: the oldest `queuedAt` must come first");
      },
    },
  ],
};
