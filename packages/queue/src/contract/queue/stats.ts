import type { QueueStats, QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { verify, verifySame } from "../verify.js";
import { claimAll, claimOne, item, items, REASON } from "./samples.js";

const counts = ({ ready, waiting, claimed, dead }: QueueStats) => ({ ready, waiting, claimed, dead });

/** What `stats` counts. */
export const stats: CaseGroup<QueueStore> = {
  name: "stats",
  cases: [
    {
      name: "are all 0 in a new store",
      async run({ store }) {
        const empty = { ready: 0, waiting: 0, claimed: 0, dead: 0, oldestQueuedAt: null };
        verifySame(await store.stats(), empty, "stats: a new store holds nothing");
      },
    },
    {
      name: "add up through the whole life of items",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue(items(10));
        const claims = await store.claim({ limit: 6, leaseMs });
        await store.complete(claims.slice(0, 1));
        await store.deadLetter(claims.slice(1, 3), REASON);
        await store.release(claims.slice(3, 4), { delayMs: leaseMs });
        await store.release(claims.slice(4, 5));
        const during = { ready: 5, waiting: 1, claimed: 1, dead: 2 };
        verifySame(counts(await store.stats()), during, "stats: every item must be counted where it is");
        await passTime(leaseMs);
        const after = { ready: 7, waiting: 0, claimed: 0, dead: 2 };
        verifySame(counts(await store.stats()), after, "stats: what leases and delays have let go is ready");
        await store.retry();
        const retried = { ready: 9, waiting: 0, claimed: 0, dead: 0 };
        verifySame(counts(await store.stats()), retried, "stats: retried items are ready");
        await store.complete(await claimAll(store, leaseMs));
        const done = { ready: 0, waiting: 0, claimed: 0, dead: 0 };
        verifySame(counts(await store.stats()), done, "stats: finished items are not counted");
      },
    },
    {
      name: "tell the age of the oldest item that is not dead",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue([item("oldest")]);
        await passTime(2);
        await store.enqueue([item("younger")]);
        const oldest = await claimOne(store, leaseMs);
        const younger = await claimOne(store, leaseMs);
        const age = async () => (await store.stats()).oldestQueuedAt;
        verifySame(await age(), oldest.item.queuedAt, "stats: a claimed item can be the oldest");
        await store.deadLetter([oldest], REASON);
        verifySame(await age(), younger.item.queuedAt, "stats: a dead letter must not be the oldest");
        await store.complete([younger]);
        verifySame(await age(), null, "stats: without items there is no oldest");
        await passTime(2);
        await store.retry();
        const retriedAt = await age();
        verify(
          retriedAt !== null && retriedAt > oldest.item.queuedAt,
          "stats: a retried item is as old as its retry",
        );
      },
    },
  ],
};
