import type { BatchLedger } from "../../ports/batch-ledger.js";
import { stepKeyOf, stepKeysOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { claimDue, failure, intent, refs, reserved } from "./samples.js";

/** What is there after a crash: everything that was answered. */
export const ledgerAfterCrash: CaseGroup<BatchLedger> = {
  name: "crash and reopen",
  cases: [
    {
      name: "reserved keys are still held",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        const keys = stepKeysOf(3);
        await reserved(store, leaseMs, "r-1", keys.slice(0, 2), { deadlineAt: 4_000_000_000_000 });
        const before = await store.openBatches();
        const again = await reopen();
        verifySame(await again.openBatches(), before, "reopen: an intent must survive the crash");
        const { claim, held } = await again.reserve(intent("r-2", keys), leaseMs);
        verifySame(
          [claim?.batch.keys, held.size],
          [keys.slice(2), 2],
          "reopen: reserved keys must not be granted again",
        );
      },
    },
    {
      name: "leases, tokens and due times are as they were",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        const claim = await reserved(store, leaseMs, "claimed", stepKeysOf(1, "a"));
        await store.release(await reserved(store, leaseMs, "later", stepKeysOf(1, "b")), leaseMs);
        await store.release(await reserved(store, leaseMs, "due", stepKeysOf(1, "c")), 0);
        await store.extend(await reserved(store, leaseMs, "extended", stepKeysOf(1, "d")), leaseMs * 8);
        const again = await reopen();
        verifySame(
          refs(await claimDue(again, leaseMs * 8)),
          ["due"],
          "reopen: leases and delays must survive the crash",
        );
        await passTime(leaseMs * 2);
        verifySame(await again.record(claim, { ruledOut: "one" }), "ok", "reopen: a token must stay good");
        const due = refs(await claimDue(again, leaseMs));
        verifySame(
          [...due].sort(),
          ["claimed", "later"],
          "reopen: leases and delays must end after a crash, too",
        );
      },
    },
    {
      name: "what was recorded is there",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        const claim = await reserved(store, leaseMs, "r-1", stepKeysOf(1, "a"));
        await store.record(claim, { submission: { kind: "candidate", batchId: "one" } });
        await store.record(claim, { submission: { kind: "intended" }, ruledOut: "one" });
        const other = await reserved(store, leaseMs, "r-2", stepKeysOf(1, "b"));
        await store.record(other, {
          submission: { kind: "submitted", batchId: "two", since: 1_767_225_600_001 },
        });
        const before = await store.openBatches();
        verifySame(
          await (await reopen()).openBatches(),
          before,
          "reopen: what was recorded must survive the crash",
        );
      },
    },
    {
      name: "closed batches stay closed, their failures noted or forgiven",
      needs: "reopen",
      async run({ store, leaseMs, reopen }) {
        const [key = "", forgiven = ""] = stepKeysOf(2);
        const claim = await reserved(store, leaseMs, "r-1", [key, forgiven]);
        await store.close(claim, [failure(key, "expired"), failure(forgiven, "expired")]);
        const unread = { provider: "anthropic", batchId: "msgbatch_1", endedAt: 1_767_225_600_001 };
        await store.note([{ ...failure(key, "unusable"), unread }]);
        await store.forgive([forgiven]);
        const before = await store.failuresOf([key, forgiven]);
        const again = await reopen();
        verifySame(await again.openBatches(), [], "reopen: a closed batch must stay closed");
        verifySame(
          await again.failuresOf([key, forgiven]),
          before,
          "reopen: failures must survive the crash",
        );
        verifySame(await again.holders([key]), new Map(), "reopen: freed keys must stay free");
        verifySame(await again.close(claim, []), "lost", "reopen: a used token must stay lost");
      },
    },
  ],
};

/** Two processes on the same data. */
export const ledgerShared: CaseGroup<BatchLedger> = {
  name: "two instances on one store",
  cases: [
    {
      name: "40 interleaved reservations of the same keys grant each key once",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        const keys = stepKeysOf(60);
        const calls = Array.from({ length: 40 }, (_, index) => {
          const wanted = keys.slice(index, index + 20);
          return (index % 2 === 0 ? store : other).reserve(intent(`r-${index}`, wanted), leaseMs);
        });
        const all = (await Promise.all(calls)).flatMap(({ claim }) => claim?.batch.keys ?? []);
        verifySame(new Set(all).size, all.length, "two instances: a key must be granted once");
        verifySame(
          await other.openBatches(),
          await store.openBatches(),
          "two instances: both must see the same batches",
        );
      },
    },
    {
      name: "a batch is in the hands of one",
      needs: "another",
      async run({ store, leaseMs, another }) {
        const other = await another();
        for (let index = 0; index < 20; index++) {
          await store.release(await reserved(store, leaseMs, `r-${index}`, stepKeysOf(1, `${index}`)), 0);
        }
        const request = { provider: "anthropic", limit: 1, leaseMs };
        const calls = Array.from({ length: 24 }, (_, index) =>
          (index % 2 === 0 ? store : other).claim(request),
        );
        const claimed = refs((await Promise.all(calls)).flat());
        verifySame(
          [claimed.length, new Set(claimed).size],
          [20, 20],
          "two instances: a batch must be claimed once",
        );
      },
    },
    {
      name: "one sees what the other records, closes and forgives",
      needs: "another",
      async run({ store, leaseMs, passTime, another }) {
        const other = await another();
        const key = stepKeyOf("shared");
        const first = await reserved(store, leaseMs, "r-1", [key]);
        await store.record(first, { submission: { kind: "submitted", batchId: "one" } });
        await passTime(leaseMs);
        const second = only(
          await claimDue(other, leaseMs),
          "two instances: a lease that ended must end for both",
        );
        const submitted = { kind: "submitted", batchId: "one" };
        verifySame(second.batch.submission, submitted, "two instances: what one records the other must see");
        verifySame(
          await store.close(first, []),
          "lost",
          "two instances: a stale token must be lost with both",
        );
        await other.close(second, [failure(key, "expired")]);
        verifySame(
          await store.holders([key]),
          new Map(),
          "two instances: what one closes must be free for both",
        );
        verifySame((await store.failuresOf([key])).size, 1, "two instances: failures must be seen by both");
        await store.forgive([key]);
        verifySame(
          (await other.failuresOf([key])).size,
          0,
          "two instances: forgiven must be forgiven for both",
        );
      },
    },
  ],
};
