import type { QueueStore } from "../../ports/queue-store.js";
import { LABELS } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { only, verify, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, items, pageIds, REASON } from "./samples.js";

/** What is there after a crash: everything that was answered. */
export const crash: CaseGroup<QueueStore> = {
  name: "crash and reopen",
  cases: [
    {
      name: "queued items are there, in order and unchanged",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        const request = { targetTokens: 120, contentType: { instructions: "Say “why” 🗺️." } };
        const given = LABELS.map((label, index) => item(`a-${index}`, { label, lane: "tool", request }));
        await store.enqueue(given);
        const claims = await claimAll(await reopen(), leaseMs);
        const seen = claims.map(({ item: { pageId, contentHash, label, lane, request } }) => ({
          ...{ pageId, contentHash, label, lane, request },
        }));
        verifySame(seen, given, "reopen: queued items must be there as they were");
      },
    },
    {
      name: "items are still held once",
      needs: "reopen",
      async run({ store, reopen }) {
        await store.enqueue([item("a")]);
        const { kind } = only(await (await reopen()).enqueue([item("a")]), "enqueue: one outcome");
        verifySame(kind, "duplicate", "reopen: an item from before must answer `duplicate`");
      },
    },
    {
      name: "claims stay claimed to the end of their lease, and their tokens good",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        await store.enqueue(items(3));
        const claims = await store.claim({ limit: 2, leaseMs });
        await passTime(Math.floor(leaseMs / 2));
        const again = await reopen();
        verifySame(
          pageIds(await claimAll(again, leaseMs * 4)),
          ["a-2"],
          "reopen: a lease must survive the crash",
        );
        verifySame(await again.complete(claims.slice(0, 1)), ["ok"], "reopen: a token must stay good");
        await passTime(Math.ceil(leaseMs / 2));
        const next = only(await claimAll(again, leaseMs), "reopen: a lease must end after a crash, too");
        const { itemId, lapses } = next;
        verifySame(
          { itemId, lapses },
          { itemId: claims[1]?.itemId, lapses: 1 },
          "reopen: a crash is a lapse",
        );
      },
    },
    {
      name: "extended leases stay extended",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        await store.extend([await claimedItem(store, leaseMs)], leaseMs * 4);
        await passTime(leaseMs * 2);
        verifySame(
          await claimAll(await reopen(), leaseMs),
          [],
          "reopen: an extension must survive the crash",
        );
      },
    },
    {
      name: "lapses are still counted",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        await claimOne(store, leaseMs);
        await passTime(leaseMs);
        verifySame(
          (await claimOne(await reopen(), leaseMs)).lapses,
          2,
          "reopen: lapses must survive the crash",
        );
      },
    },
    {
      name: "finished items stay finished, and stale tokens lost",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        const claim = await claimedItem(store, leaseMs);
        await store.complete([claim]);
        await passTime(leaseMs);
        const again = await reopen();
        verifySame(await claimAll(again, leaseMs), [], "reopen: a completed item must not come back");
        verifySame(await again.complete([claim]), ["lost"], "reopen: a used token must stay lost");
      },
    },
    {
      name: "items that were queued while they were claimed come back when they are completed",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        await store.enqueue(items(2));
        const claims = await claimAll(store, leaseMs);
        await store.enqueue(items(2));
        await store.complete(claims.slice(0, 1));
        const again = await reopen();
        verifySame(
          await again.complete(claims.slice(1)),
          ["ok"],
          "reopen: a token must stay good when its item was queued meanwhile",
        );
        verifySame(
          pageIds(await claimAll(again, leaseMs)),
          ["a-0", "a-1"],
          "reopen: that an item was queued while it was claimed must survive the crash",
        );
      },
    },
    {
      name: "released items wait on, and can be woken",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        await store.enqueue(items(3));
        const claims = await claimAll(store, leaseMs);
        await store.release(claims.slice(0, 1), { delayMs: leaseMs * 4, wakeOn: "batch" });
        await store.release(claims.slice(1, 2), { delayMs: leaseMs });
        await store.release(claims.slice(2, 3));
        const again = await reopen();
        verifySame(
          pageIds(await claimAll(again, leaseMs * 4)),
          ["a-2"],
          "reopen: delays must survive the crash",
        );
        verifySame(
          await again.wake("batch"),
          1,
          "reopen: the name that an item waits for must survive the crash",
        );
        verifySame(
          pageIds(await claimAll(again, leaseMs * 4)),
          ["a-0"],
          "reopen: a woken item must be claimable",
        );
        await passTime(leaseMs);
        verifySame(
          pageIds(await claimAll(again, leaseMs)),
          ["a-1"],
          "reopen: a delay must end after a crash, too",
        );
      },
    },
    {
      name: "woken items stay awake",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        await store.release([await claimedItem(store, leaseMs)], { delayMs: leaseMs, wakeOn: "batch" });
        await store.wake("batch");
        only(await claimAll(await reopen(), leaseMs), "reopen: a woken item must be claimable");
      },
    },
    {
      name: "dead letters are there, and can be retried",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        await store.enqueue(items(3));
        const claims = await claimAll(store, leaseMs);
        await store.deadLetter(claims, REASON);
        await store.retry(claims.slice(0, 1).map(({ itemId }) => itemId));
        const before = await store.deadLetters();
        const again = await reopen();
        verifySame(await again.deadLetters(), before, "reopen: dead letters must survive the crash");
        verifySame(
          pageIds(await claimAll(again, leaseMs)),
          ["a-0"],
          "reopen: a retry must survive the crash",
        );
        verifySame(await again.retry(), 2, "reopen: dead letters must be retryable");
      },
    },
    {
      name: "what was answered is there, whatever else was under way",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        const calls = items(60).map((one) => store.enqueue([one]));
        const answered = (await Promise.all(calls.slice(0, 30))).flat();
        const again = await reopen();
        const there = new Set((await claimAll(again, leaseMs)).map(({ itemId }) => itemId));
        verify(
          answered.every(({ id }) => there.has(id)),
          "reopen: an enqueue that was answered must survive the crash, whatever else was under way",
        );
        await Promise.allSettled(calls);
      },
    },
    {
      name: "stats are the same",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        await store.enqueue(items(5));
        const claims = await store.claim({ limit: 4, leaseMs });
        await store.complete(claims.slice(0, 1));
        await store.deadLetter(claims.slice(1, 2), REASON);
        await store.release(claims.slice(2, 3), { delayMs: leaseMs });
        const before = await store.stats();
        verifySame(await (await reopen()).stats(), before, "reopen: stats must survive the crash");
      },
    },
  ],
};
