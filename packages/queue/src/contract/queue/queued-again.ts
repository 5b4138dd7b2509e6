import type { QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { only, verify, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, items, pageIds, REASON } from "./samples.js";

/** Nothing is left, neither alive nor dead. */
async function verifyEmpty(store: QueueStore, what: string): Promise<void> {
  const { ready, waiting, claimed, dead } = await store.stats();
  verifySame({ ready, waiting, claimed, dead }, { ready: 0, waiting: 0, claimed: 0, dead: 0 }, what);
}

/** What becomes of an enqueue that meets an item in somebody's hands: what that one has read of the page may be out of date. */
export const queuedAgain: CaseGroup<QueueStore> = {
  name: "an item that is queued while it is claimed",
  cases: [
    {
      name: "is claimable again when it is completed, once and as it was, with `queuedAt` now and no lapses",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue([item("a", { lane: "tool", request: { targetTokens: 50 } })]);
        await claimOne(store, leaseMs);
        await passTime(leaseMs);
        const claim = await claimOne(store, leaseMs);
        await store.enqueue([item("a", { request: { targetTokens: 99 } }), item("a")]);
        await passTime(5);
        verifySame(
          await store.complete([claim, claim]),
          ["ok", "lost"],
          "complete: an item that was queued meanwhile must be completed as ever, and its token used up",
        );
        const again = only(
          await claimAll(store, leaseMs),
          "complete: an item that was queued while it was claimed must be claimable again, once",
        );
        const { queuedAt, ...rest } = again.item;
        verifySame(
          { ...rest, queuedAt: 0 },
          { ...claim.item, queuedAt: 0 },
          "complete: an item that was queued meanwhile must stay as it was",
        );
        verify(
          queuedAt > claim.item.queuedAt,
          `complete: \`queuedAt\` of an item that was queued meanwhile must be set anew, got ${queuedAt} as before`,
        );
        verifySame(
          again.lapses,
          0,
          "complete: lapses of an item that was queued meanwhile count from 0 again",
        );
        await store.complete([again]);
        await verifyEmpty(store, "complete: an item that was queued meanwhile must come back once");
      },
    },
    {
      name: "stands behind those that were queued before it was completed",
      async run({ store, leaseMs, passTime }) {
        const claim = await claimedItem(store, leaseMs, "again");
        await store.enqueue([item("again")]);
        await passTime(1);
        await store.enqueue([item("meanwhile")]);
        await passTime(1);
        await store.complete([claim]);
        const order = pageIds(await claimAll(store, leaseMs));
        verifySame(order, ["meanwhile", "again"], "complete: `queuedAt` of what was queued meanwhile is now");
      },
    },
    {
      name: "is claimable again also when its lease had ended by then",
      async run({ store, leaseMs, passTime }) {
        const late = await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        await store.enqueue([item("a")]);
        verifySame(
          await store.complete([late]),
          ["ok"],
          "complete: late is not lost while nobody else claimed",
        );
        const again = only(
          await claimAll(store, leaseMs),
          "complete: an item that was queued after its lease had ended must be claimable again",
        );
        verifySame(
          again.lapses,
          0,
          "complete: lapses of an item that was queued meanwhile count from 0 again",
        );
      },
    },
    {
      name: "is no dead letter when it was to die, and claimable again",
      async run({ store, leaseMs, passTime }) {
        const claim = await claimedItem(store, leaseMs);
        await store.enqueue([item("a")]);
        await passTime(5);
        verifySame(
          await store.deadLetter([claim], REASON),
          ["ok"],
          "deadLetter: an item that was queued meanwhile must be ended as ever",
        );
        verifySame(
          await store.deadLetters(),
          [],
          "deadLetter: an item that was queued while it was claimed must be no dead letter",
        );
        const again = only(
          await claimAll(store, leaseMs),
          "deadLetter: an item that was queued while it was claimed must be claimable again",
        );
        verify(
          again.item.queuedAt > claim.item.queuedAt,
          "deadLetter: `queuedAt` of an item that was queued meanwhile must be set anew",
        );
        await store.deadLetter([again], REASON);
        only(await store.deadLetters(), "deadLetter: an item that was queued meanwhile must come back once");
      },
    },
    {
      name: "is claimable again when its lease was extended before it was completed",
      async run({ store, leaseMs }) {
        const claim = await claimedItem(store, leaseMs);
        await store.enqueue([item("a")]);
        await store.extend([claim], leaseMs);
        await store.complete([claim]);
        only(
          await claimAll(store, leaseMs),
          "extend: that an item was queued while it was claimed must not be forgotten",
        );
      },
    },
    {
      name: "is done when somebody has claimed it after that, and completes it",
      async run({ store, leaseMs, passTime }) {
        await claimedItem(store, leaseMs);
        await store.enqueue([item("a")]);
        await passTime(leaseMs);
        await store.complete([await claimOne(store, leaseMs)]);
        await verifyEmpty(store, "claim: what was queued before it must not bring the item back after it");
      },
    },
    {
      name: "waits as it was released, and is done when it is completed after that",
      async run({ store, leaseMs, passTime }) {
        const claim = await claimedItem(store, leaseMs);
        await store.enqueue([item("a")]);
        await store.release([claim], { delayMs: leaseMs });
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "release: an item that was queued while it was claimed must wait as long as it is told",
        );
        await passTime(leaseMs);
        const next = await claimOne(store, leaseMs);
        const { queuedAt } = next.item;
        verifySame(queuedAt, claim.item.queuedAt, "release: the item must keep its `queuedAt`");
        await store.complete([next]);
        await verifyEmpty(store, "release: what was queued before it must not bring the item back later");
      },
    },
    {
      name: "is done when it was queued again before it was claimed",
      async run({ store, leaseMs }) {
        await store.enqueue([item("a")]);
        await store.enqueue([item("a")]);
        await store.complete([await claimOne(store, leaseMs)]);
        await verifyEmpty(store, "enqueue: an item that nobody has claimed must not come back");
      },
    },
    {
      name: "is never lost, however closely both calls come",
      async run({ store, leaseMs }) {
        const given = items(40);
        await store.enqueue(given);
        const claims = await claimAll(store, leaseMs);
        const calls = claims.flatMap((claim, index) => {
          const both = [() => store.complete([claim]), () => store.enqueue(given.slice(index, index + 1))];
          return index % 2 === 0 ? both : both.reverse();
        });
        await Promise.all(calls.map((call) => call()));
        verifySame(
          new Set(pageIds(await claimAll(store, leaseMs))).size,
          40,
          "enqueue: an item that is queued and completed at the same time must be in the queue after that",
        );
      },
    },
  ],
};
