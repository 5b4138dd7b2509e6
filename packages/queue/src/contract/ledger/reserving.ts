import type { BatchLedger } from "../../ports/batch-ledger.js";
import { stepKeyOf, stepKeysOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { verify, verifySame } from "../verify.js";
import { claimDue, granted, intent, refs, reserved } from "./samples.js";

/** A key is out with a provider once. */
export const reserving: CaseGroup<BatchLedger> = {
  name: "reserve",
  cases: [
    {
      name: "grants free keys in their order, and opens a batch of them",
      async run({ store, leaseMs }) {
        const keys = stepKeysOf(3);
        const { claim, held } = await store.reserve(
          intent("r-1", keys, { deadlineAt: 4_000_000_000_000 }),
          leaseMs,
        );
        const { reservedAt: _, ...rest } = claim?.batch ?? { reservedAt: 0 };
        const expected = {
          ...intent("r-1", keys, { deadlineAt: 4_000_000_000_000 }),
          ...{ submission: { kind: "intended" }, ruledOut: [] },
        };
        verifySame(rest, expected, "reserve: the batch must be as it was intended");
        verifySame(claim?.ref, "r-1", "reserve: the claim must carry the ref");
        verifySame(held, new Map(), "reserve: free keys are held by nobody");
        verifySame(
          (await store.openBatches()).map(({ keys }) => keys),
          [keys],
          "reserve: the batch must be open",
        );
      },
    },
    {
      name: "notes the time, and the end of the lease",
      needs: "clock",
      async run({ store, leaseMs, now, passTime }) {
        await passTime(5);
        const { batch, leaseEndsAt } = await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        verifySame(batch.reservedAt, now(), "reserve: `reservedAt` must be the time of the reservation");
        verifySame(leaseEndsAt, now() + leaseMs, "reserve: `leaseEndsAt` must be `leaseMs` from now");
      },
    },
    {
      name: "knows no deadline where none is given",
      async run({ store, leaseMs }) {
        const { batch } = await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        verifySame(batch.deadlineAt, null, "reserve: without a deadline it must be null");
      },
    },
    {
      name: "never grants a key that an unfinished batch holds, and tells which",
      async run({ store, leaseMs, passTime }) {
        const keys = stepKeysOf(5);
        await reserved(store, leaseMs, "r-1", keys.slice(0, 2));
        const third = await reserved(store, leaseMs, "r-2", keys.slice(3, 4));
        await store.release(third, 0);
        await passTime(leaseMs * 2);
        const { claim, held } = await store.reserve(intent("r-3", keys), leaseMs);
        verifySame(
          claim?.batch.keys,
          [keys[2], keys[4]],
          "reserve: only free keys must be granted, in their order",
        );
        const holders = new Map([
          [keys[0], "r-1"],
          [keys[1], "r-1"],
          [keys[3], "r-2"],
        ]);
        verifySame(held, holders, "reserve: each key that is held must come with the ref of its batch");
      },
    },
    {
      name: "opens no batch when every key is held, and none for no keys",
      async run({ store, leaseMs }) {
        const keys = stepKeysOf(2);
        await reserved(store, leaseMs, "r-1", keys);
        const { claim, held } = await store.reserve(intent("r-2", keys), leaseMs);
        verifySame(claim, null, "reserve: without a key there must be no claim");
        verifySame(held.size, 2, "reserve: keys that are held must be told");
        const none = await store.reserve(intent("r-3", []), leaseMs);
        verifySame([none.claim, none.held.size], [null, 0], "reserve: no keys, no claim");
        verifySame(refs(await store.openBatches()), ["r-1"], "reserve: without a key there must be no batch");
      },
    },
    {
      name: "grants a key once that stands twice in a list",
      async run({ store, leaseMs }) {
        const [first, second] = stepKeysOf(2);
        const twice = [first, second, first].flatMap((key) => key ?? []);
        const { batch } = await reserved(store, leaseMs, "r-1", twice);
        verifySame(batch.keys, [first, second], "reserve: a batch must hold each key once");
      },
    },
    {
      name: "tells keys apart by case",
      async run({ store, leaseMs }) {
        const key = stepKeyOf("case");
        await reserved(store, leaseMs, "r-1", [key]);
        const { claim } = await store.reserve(intent("r-2", [key.toLowerCase()]), leaseMs);
        verify(claim !== null, "reserve: step keys that differ in case are different keys");
      },
    },
    {
      name: "grants each key to one of 50 reservations at once",
      async run({ store, leaseMs }) {
        const keys = stepKeysOf(100);
        const calls = Array.from({ length: 50 }, (_, index) => {
          return store.reserve(intent(`r-${index}`, keys.slice(index, index + 40)), leaseMs);
        });
        const reservations = await Promise.all(calls);
        const all = reservations.flatMap(({ claim }) => claim?.batch.keys ?? []);
        verifySame(
          new Set(all).size,
          all.length,
          "reserve: no key must be granted to two reservations at once",
        );
        const holders = await store.holders(keys);
        for (const { held } of reservations) {
          for (const [key, ref] of held) {
            verifySame(holders.get(key), ref, "reserve: `held` must name the batch that holds the key");
          }
        }
      },
    },
    {
      name: "takes 5,000 keys",
      async run({ store, leaseMs }) {
        const keys = stepKeysOf(5_000);
        await reserved(store, leaseMs, "r-1", keys);
        const { claim, held } = await store.reserve(intent("r-2", keys), leaseMs);
        verifySame([claim, held.size], [null, 5_000], "reserve: 5,000 keys must all be held");
      },
    },
    {
      name: "claims the new batch, so that nobody else has it before its lease ends",
      async run({ store, leaseMs, passTime }) {
        await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        await passTime(Math.floor(leaseMs / 2));
        verifySame(await claimDue(store, leaseMs), [], "reserve: the new batch must be in its maker's hands");
        await passTime(Math.ceil(leaseMs / 2));
        verifySame(
          refs(await claimDue(store, leaseMs)),
          ["r-1"],
          "reserve: when the lease ends others must get it",
        );
      },
    },
    {
      name: "holders tells who holds which keys",
      async run({ store, leaseMs }) {
        const [first, second, free] = stepKeysOf(3);
        const keys = [first, second, free].flatMap((key) => key ?? []);
        await reserved(store, leaseMs, "r-1", keys.slice(0, 1));
        await reserved(store, leaseMs, "r-2", keys.slice(1, 2));
        const expected = new Map([
          [first, "r-1"],
          [second, "r-2"],
        ]);
        verifySame(await store.holders(keys), expected, "holders: each key that is held, and no free one");
        verifySame(await store.holders([]), new Map(), "holders: no keys, no holders");
      },
    },
    {
      name: "shares nothing with its caller",
      async run({ store, leaseMs }) {
        const keys = stepKeysOf(2);
        const given = [...keys];
        const claim = granted(await store.reserve(intent("r-1", given), leaseMs));
        given.pop();
        Object.assign(claim.batch, { keys: [], provider: "other" });
        Object.assign((await store.openBatches())[0] ?? {}, { keys: [], provider: "other" });
        const [batch] = await store.openBatches();
        verifySame(
          [batch?.keys, batch?.provider],
          [keys, "anthropic"],
          "reserve: what callers change must not count",
        );
      },
    },
  ],
};
