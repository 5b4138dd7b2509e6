import type { BatchLedger, KeyFailure } from "../../ports/batch-ledger.js";
import { stepKeyOf, stepKeysOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { verify, verifySame } from "../verify.js";
import { failure, reserved } from "./samples.js";

/** Puts a key into a batch and closes the batch with these failures. */
async function batchWith(
  ledger: BatchLedger,
  leaseMs: number,
  ref: string,
  key: string,
  failures: KeyFailure[],
) {
  await ledger.close(await reserved(ledger, leaseMs, ref, [key]), failures);
}

/** What is known of keys that failed. */
export const keyFailures: CaseGroup<BatchLedger> = {
  name: "failures of keys",
  cases: [
    {
      name: "close notes them, the latest in full and all by kind",
      async run({ store, leaseMs }) {
        const key = stepKeyOf("failing");
        for (const [index, kind] of ["expired", "overloaded", "expired", "server_error"].entries()) {
          await batchWith(store, leaseMs, `r-${index}`, key, [failure(key, kind, `Nr. ${index} „${kind}“`)]);
        }
        const history = (await store.failuresOf([key])).get(key);
        const latest = failure(key, "server_error", "Nr. 3 „server_error“");
        verifySame(history?.failure, latest, "failuresOf: the latest failure must be there in full");
        const counts = { expired: 2, overloaded: 1, server_error: 1 };
        verifySame(history?.counts, counts, "failuresOf: every failure must be counted by its kind");
      },
    },
    {
      name: "note counts like close, each of a list",
      async run({ store, leaseMs }) {
        const [key = "", other = ""] = stepKeysOf(2);
        await batchWith(store, leaseMs, "r-1", key, [failure(key, "expired")]);
        await store.note([
          failure(key, "expired"),
          failure(other, "odd"),
          failure(key, "unusable", "The last."),
        ]);
        await store.note([]);
        const found = await store.failuresOf([key, other]);
        const history = found.get(key);
        verifySame(
          history?.failure,
          failure(key, "unusable", "The last."),
          "note: the last of a list is the latest",
        );
        verifySame(history?.counts, { expired: 2, unusable: 1 }, "note: it must add to what close has noted");
        verifySame(found.get(other)?.counts, { odd: 1 }, "note: each key must be counted for itself");
      },
    },
    {
      name: "keep where the answer of the latest may lie, and of no earlier one",
      async run({ store, leaseMs }) {
        const key = stepKeyOf("failing");
        const unread = { provider: "anthropic", batchId: "msgbatch_1", endedAt: 1_767_225_600_001 };
        const lost: KeyFailure = { ...failure(key, "results_unreadable"), unread };
        await batchWith(store, leaseMs, "r-1", key, [lost]);
        const latest = async () => (await store.failuresOf([key])).get(key)?.failure;
        verifySame(await latest(), lost, "close: the failure must be kept with its unread batch");
        await store.note([failure(key, "vanished")]);
        verifySame(await latest(), failure(key, "vanished"), "note: the latest failure must stand alone");
        await store.note([lost]);
        verifySame(await latest(), lost, "note: the failure must be kept with its unread batch");
      },
    },
    {
      name: "tell the time of the latest",
      needs: "clock",
      async run({ store, now, passTime }) {
        const key = stepKeyOf("failing");
        await store.note([failure(key, "expired")]);
        await passTime(9);
        await store.note([failure(key, "expired")]);
        const failedAt = now();
        await passTime(9);
        const history = (await store.failuresOf([key])).get(key);
        verifySame(
          history?.failedAt,
          failedAt,
          "failuresOf: `failedAt` must be the time of the latest failure",
        );
      },
    },
    {
      name: "are told for keys that failed, and no others",
      async run({ store }) {
        const [key = "", other = ""] = stepKeysOf(2);
        await store.note([failure(key, "expired")]);
        const found = await store.failuresOf([other, key]);
        verifySame([...found.keys()], [key], "failuresOf: keys without failures must not be in the map");
        verifySame((await store.failuresOf([])).size, 0, "failuresOf: no keys, no failures");
      },
    },
    {
      name: "may be of any kind",
      async run({ store }) {
        const key = stepKeyOf("failing");
        const kinds = ["__proto__", "constructor", "toString", "ganz anders 🌋"];
        await store.note(kinds.map((kind) => failure(key, kind)));
        const { counts = {} } = (await store.failuresOf([key])).get(key) ?? {};
        const seen = new Map(Object.entries(counts));
        verifySame(seen, new Map(kinds.map((kind) => [kind, 1])), "failuresOf: kinds may be any text");
      },
    },
    {
      name: "stay when the key is reserved again, and when its batch ends without a failure of it",
      async run({ store, leaseMs }) {
        const key = stepKeyOf("failing");
        await batchWith(store, leaseMs, "r-1", key, [failure(key, "expired")]);
        const claim = await reserved(store, leaseMs, "r-2", [key]);
        verifySame(
          (await store.failuresOf([key])).size,
          1,
          "reserve: it must not forget the failures of its keys",
        );
        await store.close(claim, []);
        verifySame((await store.failuresOf([key])).size, 1, "close: only `forgive` forgets failures");
      },
    },
    {
      name: "are forgotten by forgive, those of its keys alone, and counted anew",
      async run({ store }) {
        const [key = "", other = "", never = ""] = stepKeysOf(3);
        await store.note([failure(key, "expired"), failure(key, "expired"), failure(other, "expired")]);
        await store.forgive([key, never]);
        await store.forgive([]);
        const found = await store.failuresOf([key, other, never]);
        verifySame(
          [...found.keys()],
          [other],
          "forgive: the failures of its keys must be forgotten, and no others",
        );
        await store.note([failure(key, "overloaded")]);
        const again = (await store.failuresOf([key])).get(key);
        verifySame(again?.counts, { overloaded: 1 }, "forgive: failures must be counted anew");
      },
    },
    {
      name: "of a stale claim are not noted",
      async run({ store, leaseMs }) {
        const key = stepKeyOf("failing");
        const claim = await reserved(store, leaseMs, "r-1", [key]);
        await store.release(claim, 0);
        const outcome = await store.close(claim, [failure(key, "expired")]);
        verifySame(outcome, "lost", "close: a used token must be lost");
        verify((await store.failuresOf([key])).size === 0, "close: what is lost must note nothing");
      },
    },
  ],
};
