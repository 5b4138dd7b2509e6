import type { BatchLedger } from "../../ports/batch-ledger.js";
import { stepKeysOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { only, verify, verifySame } from "../verify.js";
import { claimDue, refs, reserved } from "./samples.js";

/** Whose turn it is to look after a batch. */
export const claimingBatches: CaseGroup<BatchLedger> = {
  name: "claim",
  cases: [
    {
      name: "answers the batch as it is, with a token of its own",
      async run({ store, leaseMs, passTime }) {
        const first = await reserved(store, leaseMs, "r-1", stepKeysOf(2), { deadlineAt: 4_000_000_000_000 });
        await passTime(leaseMs);
        const second = only(
          await claimDue(store, leaseMs),
          "claim: a batch whose lease has ended must be claimable",
        );
        verifySame([second.batch], await store.openBatches(), "claim: the batch must be as it was reserved");
        verifySame(second.ref, "r-1", "claim: the claim must carry the ref");
        verify(second.token !== first.token, "claim: every claim needs a token of its own");
        verifySame(
          await claimDue(store, leaseMs),
          [],
          "claim: a claimed batch must be in one worker's hands",
        );
      },
    },
    {
      name: "takes the batches of its provider alone",
      async run({ store, leaseMs }) {
        const [one, other] = [stepKeysOf(1, "one"), stepKeysOf(1, "other")];
        await store.release(await reserved(store, leaseMs, "r-1", one), 0);
        await store.release(await reserved(store, leaseMs, "r-2", other, { provider: "openai" }), 0);
        verifySame(
          await claimDue(store, leaseMs, "nobody"),
          [],
          "claim: a provider without batches has none",
        );
        verifySame(
          refs(await claimDue(store, leaseMs, "openai")),
          ["r-2"],
          "claim: other providers' batches must stay",
        );
      },
    },
    {
      name: "takes a released batch when its delay is over",
      async run({ store, leaseMs, passTime }) {
        await store.release(await reserved(store, leaseMs, "r-1", stepKeysOf(1)), leaseMs * 2);
        await passTime(leaseMs);
        verifySame(await claimDue(store, leaseMs), [], "release: the batch must not be due within its delay");
        await passTime(leaseMs);
        only(await claimDue(store, leaseMs), "release: the batch must be due after its delay");
      },
    },
    {
      name: "ends leases and delays to the millisecond",
      needs: "clock",
      async run({ store, leaseMs, now, passTime }) {
        await store.release(await reserved(store, leaseMs, "r-1", stepKeysOf(1)), 1_000);
        await passTime(999);
        verifySame(
          await claimDue(store, leaseMs),
          [],
          "release: the delay must last to its last millisecond",
        );
        await passTime(1);
        const { leaseEndsAt } = only(
          await claimDue(store, 2_000),
          "release: the batch must be due after its delay",
        );
        verifySame(leaseEndsAt, now() + 2_000, "claim: `leaseEndsAt` must be `leaseMs` from now");
        await passTime(1_999);
        verifySame(await claimDue(store, leaseMs), [], "claim: the lease must last to its last millisecond");
        await passTime(1);
        only(await claimDue(store, leaseMs), "claim: the batch must be due from `leaseEndsAt` on");
      },
    },
    {
      name: "tells the ledger's own time by the end of the lease",
      async run({ store, leaseMs, passTime }) {
        const first = await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        const { reservedAt } = first.batch;
        verify(
          Math.abs(first.leaseEndsAt - leaseMs - reservedAt) < leaseMs,
          "reserve: `leaseEndsAt` must be `leaseMs` from the reservation, by the clock of `reservedAt`",
        );
        await passTime(leaseMs);
        const second = only(
          await claimDue(store, 2 * leaseMs),
          "claim: a batch whose lease has ended must be claimable",
        );
        const claimedAt = second.leaseEndsAt - 2 * leaseMs;
        verify(
          claimedAt - reservedAt >= leaseMs,
          "claim: `leaseEndsAt` must be `leaseMs` from now, by the clock of `reservedAt`",
        );
        const next = await reserved(store, leaseMs, "r-2", stepKeysOf(1, "next"));
        verify(
          next.batch.reservedAt >= claimedAt,
          "claim: `leaseEndsAt` must be `leaseMs` from now, by the clock of `reservedAt`, and not more",
        );
      },
    },
    {
      name: "takes the longest due first, no more than the limit",
      async run({ store, leaseMs, passTime }) {
        const step = Math.floor(leaseMs / 4);
        for (const [ref, delayMs] of [
          ["last", 3 * step],
          ["first", 0],
          ["middle", step],
        ] as const) {
          await store.release(await reserved(store, leaseMs, ref, stepKeysOf(1, ref)), delayMs);
        }
        await passTime(leaseMs);
        const claims = await store.claim({ provider: "anthropic", limit: 2, leaseMs });
        verifySame(refs(claims), ["first", "middle"], "claim: what is due the longest must come first");
        verifySame(
          refs(await claimDue(store, leaseMs)),
          ["last"],
          "claim: what is due less long must follow",
        );
      },
    },
    {
      name: "gives each of 30 batches to one of 20 claims at once",
      async run({ store, leaseMs }) {
        for (let index = 0; index < 30; index++) {
          await store.release(await reserved(store, leaseMs, `r-${index}`, stepKeysOf(1, `${index}`)), 0);
        }
        const calls = Array.from({ length: 20 }, () =>
          store.claim({ provider: "anthropic", limit: 2, leaseMs }),
        );
        const claimed = refs((await Promise.all(calls)).flat());
        verifySame(
          [claimed.length, new Set(claimed).size],
          [30, 30],
          "claim: each batch must be claimed once",
        );
      },
    },
    {
      name: "extend prolongs the lease from now",
      async run({ store, leaseMs, passTime }) {
        const claim = await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        const half = Math.floor(leaseMs / 2);
        await passTime(half);
        await store.extend(claim, leaseMs);
        await passTime(half + Math.floor(half / 2));
        verifySame(
          await claimDue(store, leaseMs),
          [],
          "extend: the batch must stay claimed beyond its first lease",
        );
        await passTime(leaseMs - half);
        only(await claimDue(store, leaseMs), "extend: the lease must end `leaseMs` after the extension");
      },
    },
  ],
};
