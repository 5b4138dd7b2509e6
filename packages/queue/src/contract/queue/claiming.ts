import type { QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { only, verify, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, items, pageIds } from "./samples.js";

/** Who gets what, in which order, for how long. */
export const claiming: CaseGroup<QueueStore> = {
  name: "claim",
  cases: [
    {
      name: "takes items in the order of their enqueueing, across calls",
      async run({ store, leaseMs }) {
        await store.enqueue([item("d"), item("b")]);
        await store.enqueue([item("c")]);
        await store.enqueue([item("a")]);
        const first = await store.claim({ limit: 3, leaseMs });
        const second = await store.claim({ limit: 3, leaseMs });
        const order = [pageIds(first), pageIds(second)];
        verifySame(order, [["d", "b", "c"], ["a"]], "claim: what came first must be claimed first");
      },
    },
    {
      name: "takes no more than the limit, and nothing where nothing is",
      async run({ store, leaseMs }) {
        verifySame(
          await store.claim({ limit: 5, leaseMs }),
          [],
          "claim: an empty queue has nothing to claim",
        );
        await store.enqueue(items(5));
        verifySame((await store.claim({ limit: 2, leaseMs })).length, 2, "claim: `limit` must be kept");
      },
    },
    {
      name: "answers the whole item",
      async run({ store, leaseMs }) {
        const { id } = only(await store.enqueue([item("a", { lane: "user" })]), "enqueue: one outcome");
        const claim = await claimOne(store, leaseMs);
        const { queuedAt, ...rest } = claim.item;
        const expected = { ...item("a", { lane: "user" }), id, request: {} };
        verifySame(rest, expected, "claim: the item must be what was queued");
        verify(Number.isFinite(queuedAt), "claim: `queuedAt` must be a number");
        const { itemId, lapses } = claim;
        verifySame(
          { itemId, lapses },
          { itemId: id, lapses: 0 },
          "claim: a first claim has the item's id and no lapses",
        );
      },
    },
    {
      name: "gives an item to nobody else while its lease runs",
      async run({ store, leaseMs, passTime }) {
        await claimedItem(store, leaseMs);
        await passTime(Math.floor(leaseMs / 2));
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "claim: an item whose lease runs must not be claimed again",
        );
      },
    },
    {
      name: "gives each of 100 items to one of 40 claims at once",
      async run({ store, leaseMs }) {
        await store.enqueue(items(100));
        const calls = Array.from({ length: 40 }, () => store.claim({ limit: 3, leaseMs }));
        const claimed = pageIds((await Promise.all(calls)).flat());
        verifySame(claimed.length, 100, "claim: 40 concurrent claims of 3 must share 100 items");
        verifySame(new Set(claimed).size, 100, "claim: concurrent claims must never share an item");
      },
    },
    {
      name: "gives every claim a token of its own",
      async run({ store, leaseMs }) {
        await store.enqueue(items(3));
        const first = await claimAll(store, leaseMs);
        await store.release(first);
        const tokens = [...first, ...(await claimAll(store, leaseMs))].map(({ token }) => token);
        verifySame(new Set(tokens).size, 6, "claim: 6 claims need 6 tokens");
      },
    },
    {
      name: "gives an item to the next once its lease has ended, and counts the lapses",
      async run({ store, leaseMs, passTime }) {
        await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        const second = only(
          await claimAll(store, leaseMs),
          "claim: an item whose lease has ended must be claimable",
        );
        await passTime(leaseMs);
        const third = only(
          await claimAll(store, leaseMs),
          "claim: an item whose lease has ended must be claimable",
        );
        verifySame(
          [second.lapses, third.lapses],
          [1, 2],
          "claim: each lease that ended without a word is a lapse",
        );
      },
    },
    {
      name: "ends leases to the millisecond",
      needs: "clock",
      async run({ store, leaseMs, now, passTime }) {
        const { leaseEndsAt } = await claimedItem(store, leaseMs);
        verifySame(leaseEndsAt, now() + leaseMs, "claim: `leaseEndsAt` must be `leaseMs` from now");
        await passTime(leaseMs - 1);
        verifySame(await claimAll(store, leaseMs), [], "claim: the lease must last to its last millisecond");
        await passTime(1);
        only(await claimAll(store, leaseMs), "claim: the item must be claimable from `leaseEndsAt` on");
      },
    },
    {
      name: "tells the store's own time by the end of the lease",
      async run({ store, leaseMs, passTime }) {
        const { item: queued } = await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        const { leaseEndsAt } = await claimOne(store, 2 * leaseMs);
        const claimedAt = leaseEndsAt - 2 * leaseMs;
        verify(
          claimedAt - queued.queuedAt >= leaseMs,
          "claim: `leaseEndsAt` must be `leaseMs` from now, by the clock of `queuedAt`",
        );
        const next = await claimedItem(store, leaseMs, "b");
        verify(
          next.item.queuedAt >= claimedAt,
          "claim: `leaseEndsAt` must be `leaseMs` from now, by the clock of `queuedAt`, and not more",
        );
      },
    },
    {
      name: "keeps the leases of claims apart",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue([item("long"), item("short")]);
        await store.claim({ limit: 1, leaseMs: leaseMs * 4 });
        await store.claim({ limit: 1, leaseMs });
        await passTime(leaseMs);
        const claimed = pageIds(await claimAll(store, leaseMs));
        verifySame(claimed, ["short"], "claim: only the lease that has ended must make its item claimable");
      },
    },
    {
      name: "takes older items first, also those whose lease has ended or that were given back",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue([item("lapsed"), item("released")]);
        const claims = await claimAll(store, leaseMs);
        await passTime(leaseMs);
        await store.enqueue([item("new")]);
        await store.release(claims.slice(1));
        const order = pageIds(await claimAll(store, leaseMs));
        verifySame(order, ["lapsed", "released", "new"], "claim: the oldest `queuedAt` must come first");
      },
    },
  ],
};
