import type { Claim, QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, items, pageIds, REASON } from "./samples.js";

/** Two processes on the same data. */
export const sharing: CaseGroup<QueueStore> = {
  name: "two instances on one store",
  cases: [
    {
      name: "one sees what the other has queued",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        await store.enqueue([item("a")]);
        await other.enqueue([item("b")]);
        verifySame(
          pageIds(await claimAll(store, leaseMs)),
          ["a", "b"],
          "two instances: both must see all items, in order",
        );
      },
    },
    {
      name: "40 interleaved claims take each item once",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        await store.enqueue(items(100));
        const claimed: Claim[] = [];
        for (let round = 0; round < 10; round++) {
          const calls = [store, other, other, store].map((queue) => queue.claim({ limit: 3, leaseMs }));
          claimed.push(...(await Promise.all(calls)).flat());
        }
        const ids = pageIds(claimed);
        verifySame(new Set(ids).size, ids.length, "two instances: no item must be claimed by both");
        verifySame(ids.length, 100, "two instances: together they must get all items");
      },
    },
    {
      name: "the same items queued by both at once are held once",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        const calls = items(30).flatMap((one) => [store.enqueue([one]), other.enqueue([one])]);
        const outcomes = await Promise.all(calls);
        const queued = outcomes.flat().filter(({ kind }) => kind === "queued");
        verifySame(queued.length, 30, "two instances: an item queued by both must answer `queued` once");
        verifySame(
          (await claimAll(other, leaseMs)).length,
          30,
          "two instances: an item queued by both must be held once",
        );
      },
    },
    {
      name: "a claim of one is good with the other, until it is stale with both",
      needs: "another",
      async run({ store, leaseMs, passTime, another }) {
        const other = await another();
        const stale = await claimedItem(store, leaseMs);
        verifySame(await claimAll(other, leaseMs), [], "two instances: a claim must hold against the other");
        verifySame(
          await other.extend([stale], leaseMs),
          ["ok"],
          "two instances: a token must be good with the other",
        );
        await passTime(leaseMs);
        const current = await claimOne(other, leaseMs);
        verifySame(current.lapses, 1, "two instances: a lease that ended with one is a lapse with the other");
        for (const queue of [store, other]) {
          verifySame(
            await queue.complete([stale]),
            ["lost"],
            "two instances: a stale token must be lost with both",
          );
        }
        verifySame(
          await store.complete([current]),
          ["ok"],
          "two instances: the latest token must be good with both",
        );
      },
    },
    {
      name: "what one queues while the other has it is never lost",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        const given = items(20);
        await store.enqueue(given);
        const claims = await claimAll(store, leaseMs);
        const known = await other.enqueue(given.slice(0, 10));
        verifySame(
          known.map(({ kind }) => kind),
          Array(10).fill("duplicate"),
          "two instances: what one has claimed is a duplicate with the other",
        );
        const late = given.slice(10).map((one) => other.enqueue([one]));
        const outcomes = await Promise.all(claims.map((claim) => store.complete([claim])));
        await Promise.all(late);
        verifySame(
          outcomes.flat(),
          Array(20).fill("ok"),
          "two instances: a claim must be good, whatever the other queues",
        );
        verifySame(
          new Set(pageIds(await claimAll(other, leaseMs))).size,
          20,
          "two instances: what one queues while the other has it must be in the queue after that",
        );
      },
    },
    {
      name: "of two that finish the same claim at once one is lost",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        await store.enqueue(items(20));
        for (const claim of await claimAll(store, leaseMs)) {
          const outcomes = await Promise.all([store.complete([claim]), other.complete([claim])]);
          const finished = outcomes.flat().filter((outcome) => outcome === "ok");
          only(finished, "two instances: a claim must be finished once");
        }
      },
    },
    {
      name: "one wakes and retries what the other has put aside",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        await store.release([await claimedItem(store, leaseMs, "waiting")], {
          delayMs: leaseMs,
          wakeOn: "batch",
        });
        await store.deadLetter([await claimedItem(store, leaseMs, "dead")], REASON);
        verifySame((await other.deadLetters()).length, 1, "two instances: dead letters are seen by both");
        verifySame(await other.wake("batch"), 1, "two instances: one must wake what the other released");
        verifySame(await other.retry(), 1, "two instances: one must retry what died with the other");
        const claimed = new Set(pageIds(await claimAll(store, leaseMs)));
        verifySame(claimed.size, 2, "two instances: both items must be claimable again");
        verifySame(await other.stats(), await store.stats(), "two instances: both must count the same");
      },
    },
  ],
};
