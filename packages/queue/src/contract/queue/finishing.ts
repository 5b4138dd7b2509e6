import type { QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, items, pageIds } from "./samples.js";

/** What extend, complete and release do to an item. */
export const finishing: CaseGroup<QueueStore> = {
  name: "extend, complete and release",
  cases: [
    {
      name: "extend prolongs the lease from now",
      async run({ store, leaseMs, passTime }) {
        const claim = await claimedItem(store, leaseMs);
        const half = Math.floor(leaseMs / 2);
        await passTime(half);
        await store.extend([claim], leaseMs);
        await passTime(half + Math.floor(half / 2));
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "extend: the item must stay claimed beyond its first lease",
        );
        await passTime(leaseMs - half);
        only(await claimAll(store, leaseMs), "extend: the lease must end `leaseMs` after the extension");
      },
    },
    {
      name: "extend takes back an item whose lease has ended",
      async run({ store, leaseMs, passTime }) {
        const claim = await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        await store.extend([claim], leaseMs);
        verifySame(await claimAll(store, leaseMs), [], "extend: an extended item must not be claimable");
      },
    },
    {
      name: "complete takes the item out for good",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue(items(2));
        const claims = await claimAll(store, leaseMs);
        await store.complete(claims.slice(0, 1));
        await passTime(leaseMs);
        verifySame(pageIds(await claimAll(store, leaseMs)), ["a-1"], "complete: the item must not come back");
        const { ready, waiting, claimed, dead } = await store.stats();
        verifySame(ready + waiting + claimed + dead, 1, "complete: the store must not hold what is done");
      },
    },
    {
      name: "release makes the item claimable at once, its lapses counted from 0",
      async run({ store, leaseMs, passTime }) {
        await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        await store.release([await claimOne(store, leaseMs)]);
        const claim = only(await claimAll(store, leaseMs), "release: the item must be claimable at once");
        verifySame(claim.lapses, 0, "release: lapses must count from 0 again");
      },
    },
    {
      name: "release leaves the item's place in the queue",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue([item("first")]);
        const claim = await claimOne(store, leaseMs);
        await passTime(1);
        await store.enqueue([item("second")]);
        await store.release([claim]);
        const order = pageIds(await claimAll(store, leaseMs));
        verifySame(order, ["first", "second"], "release: the item must keep its `queuedAt`");
      },
    },
  ],
};
