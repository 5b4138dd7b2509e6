import type { Claim, QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup } from "../scene.js";
import { only, verify, verifySame } from "../verify.js";
import { claimAll, claimedItem, claimOne, item, items, pageIds, REASON } from "./samples.js";

/** Lets the items of these pages die, one after the other, with a millisecond between. */
async function deaths(
  queue: QueueStore,
  passTime: (milliseconds: number) => Promise<void>,
  leaseMs: number,
  pages: readonly string[],
): Promise<Claim[]> {
  const dead: Claim[] = [];
  for (const page of pages) {
    const claim = await claimedItem(queue, leaseMs, page);
    await queue.deadLetter([claim], REASON);
    dead.push(claim);
    await passTime(1);
  }
  return dead;
}

/** Items that ended without a summary. */
export const deadLetters: CaseGroup<QueueStore> = {
  name: "dead letters",
  cases: [
    {
      name: "stay readable with item, reason and time, and are not claimable",
      async run({ store, leaseMs, passTime }) {
        const claim = await claimedItem(store, leaseMs);
        const reason = { code: "completion_refused", message: "Das Modell hat „nein“ gesagt 🚫." };
        await store.deadLetter([claim], reason);
        await passTime(leaseMs * 2);
        verifySame(await claimAll(store, leaseMs), [], "deadLetter: a dead letter must not be claimable");
        const letter = only(await store.deadLetters(), "deadLetters: it must be there");
        verifySame(letter.item, claim.item, "deadLetters: the item must be kept as it was");
        verifySame(letter.reason, reason, "deadLetters: the reason must be kept");
        verify(letter.diedAt >= claim.item.queuedAt, "deadLetters: `diedAt` must be the time of the death");
      },
    },
    {
      name: "note the time of the death",
      needs: "clock",
      async run({ store, leaseMs, now, passTime }) {
        const claim = await claimedItem(store, leaseMs);
        await passTime(7);
        await store.deadLetter([claim], REASON);
        const diedAt = now();
        await passTime(7);
        const letter = only(await store.deadLetters(), "deadLetters: it must be there");
        verifySame(letter.diedAt, diedAt, "deadLetters: `diedAt` must be the time of the death");
      },
    },
    {
      name: "come with the oldest death first, no more than asked for",
      async run({ store, leaseMs, passTime }) {
        await deaths(store, passTime, leaseMs, ["c", "a", "b"]);
        verifySame(
          pageIds(await store.deadLetters()),
          ["c", "a", "b"],
          "deadLetters: the oldest death must be first",
        );
        verifySame(
          pageIds(await store.deadLetters(2)),
          ["c", "a"],
          "deadLetters: `limit` must be kept, from the oldest",
        );
        verifySame(
          pageIds(await store.deadLetters(9)),
          ["c", "a", "b"],
          "deadLetters: a high limit is no error",
        );
      },
    },
    {
      name: "keep the order of the call when they die together",
      async run({ store, leaseMs }) {
        await store.enqueue(items(3));
        const claims = [...(await claimAll(store, leaseMs))].reverse();
        await store.deadLetter(claims, REASON);
        const order = pageIds(await store.deadLetters());
        verifySame(
          order,
          ["a-2", "a-1", "a-0"],
          "deadLetters: among equals, the order of dying, here that of the call",
        );
      },
    },
    {
      name: "are none in a new store",
      async run({ store }) {
        verifySame(await store.deadLetters(), [], "deadLetters: a new store has none");
        verifySame(await store.retry(), 0, "retry: without dead letters it answers 0");
      },
    },
    {
      name: "retry without ids makes all of them claimable again",
      async run({ store, leaseMs, passTime }) {
        await deaths(store, passTime, leaseMs, ["a", "b"]);
        verifySame(await store.retry(), 2, "retry: it must answer how many");
        verifySame(await store.deadLetters(), [], "retry: what is retried is no dead letter any more");
        const claims = await claimAll(store, leaseMs);
        verifySame(new Set(pageIds(claims)).size, 2, "retry: all of them must be claimable");
      },
    },
    {
      name: "retry with ids takes those alone, each once, and passes others over",
      async run({ store, leaseMs, passTime }) {
        const [, second] = await deaths(store, passTime, leaseMs, ["a", "b", "c"]);
        const alive = await claimedItem(store, leaseMs, "alive");
        const ids = [second, second, alive].flatMap((claim) => claim?.itemId ?? []);
        verifySame(
          await store.retry([...ids, "nothing@known"]),
          1,
          "retry: only dead letters count, each once",
        );
        verifySame(
          pageIds(await claimAll(store, leaseMs)),
          ["b"],
          "retry: only the named dead letter must be claimable",
        );
        verifySame(
          pageIds(await store.deadLetters()),
          ["a", "c"],
          "retry: the others must stay dead letters",
        );
        verifySame(await store.complete([alive]), ["ok"], "retry: a claimed item must stay with its claimer");
      },
    },
    {
      name: "retry with an empty list retries none",
      async run({ store, leaseMs, passTime }) {
        await deaths(store, passTime, leaseMs, ["a"]);
        verifySame(await store.retry([]), 0, "retry: an empty list is not the same as none");
        verifySame(
          (await store.deadLetters()).length,
          1,
          "retry: an empty list must leave dead letters alone",
        );
      },
    },
    {
      name: "retry puts an item behind those that were queued meanwhile",
      async run({ store, leaseMs, passTime }) {
        await deaths(store, passTime, leaseMs, ["retried"]);
        await store.enqueue([item("meanwhile")]);
        await passTime(1);
        await store.retry();
        const order = pageIds(await claimAll(store, leaseMs));
        verifySame(order, ["meanwhile", "retried"], "retry: `queuedAt` must be set anew");
      },
    },
    {
      name: "retry keeps the item, with `queuedAt` now and no lapses",
      async run({ store, leaseMs, passTime }) {
        await store.enqueue([item("a", { lane: "tool", request: { targetTokens: 50 } })]);
        await claimOne(store, leaseMs);
        await passTime(leaseMs);
        const second = await claimOne(store, leaseMs);
        await store.deadLetter([second], REASON);
        await passTime(5);
        await store.retry([second.itemId]);
        const claim = only(await claimAll(store, leaseMs), "retry: the item must be claimable");
        const { queuedAt, ...rest } = claim.item;
        verifySame(
          { ...rest, queuedAt: 0 },
          { ...second.item, queuedAt: 0 },
          "retry: the rest of the item must stay",
        );
        verify(
          queuedAt > second.item.queuedAt,
          `retry: \`queuedAt\` must be set anew, also in the item that \`claim\` answers, got ${queuedAt} as before`,
        );
        verifySame(claim.lapses, 0, "retry: lapses must count from 0 again");
        verifySame(await store.complete([second]), ["lost"], "retry: tokens from before the death are lost");
      },
    },
    {
      name: "enqueue revives one with what is given now",
      async run({ store, leaseMs, passTime }) {
        await deaths(store, passTime, leaseMs, ["a"]);
        await store.enqueue([item("meanwhile")]);
        await passTime(1);
        const given = item("a", { label: "Anew", lane: "user", request: { targetTokens: 7 } });
        const { kind } = only(await store.enqueue([given]), "enqueue: one outcome");
        verifySame(kind, "revived", "enqueue: a dead letter must answer `revived`");
        verifySame(await store.deadLetters(), [], "enqueue: what is revived is no dead letter any more");
        const [first, second] = await claimAll(store, leaseMs);
        verifySame(
          first?.item.pageId,
          "meanwhile",
          "enqueue: a revived item must stand behind those before it",
        );
        const { label, lane, request } = second?.item ?? {};
        const expected = { label: "Anew", lane: "user", request: { targetTokens: 7 } };
        verifySame({ label, lane, request }, expected, "enqueue: a revived item must be as it is given now");
      },
    },
  ],
};
