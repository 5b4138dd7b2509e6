import type { BatchLedger, Submission } from "../../ports/batch-ledger.js";
import { stepKeysOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { claimDue, intent, refs, reserved } from "./samples.js";

/** The life of a batch from the intent to its end. */
export const recording: CaseGroup<BatchLedger> = {
  name: "record, close and openBatches",
  cases: [
    {
      name: "record notes how far the submission has come",
      async run({ store, leaseMs, passTime }) {
        const claim = await reserved(store, leaseMs, "r-1", stepKeysOf(2));
        const steps: Submission[] = [
          { kind: "intended", since: 1_767_225_600_001 },
          { kind: "candidate", batchId: "msgbatch_1", since: 1_767_225_600_002 },
          { kind: "candidate", batchId: "msgbatch_1", wantingSince: 1_767_225_600_002 },
          { kind: "intended" },
          { kind: "submitted", batchId: "msgbatch_2", since: 1_767_225_600_003 },
          { kind: "submitted", batchId: "msgbatch_2", wantingSince: 1_767_225_600_004, isReopened: true },
        ];
        for (const submission of steps) {
          await store.record(claim, { submission });
          const [open] = await store.openBatches();
          verifySame(open?.submission, submission, "record: the submission must be the one recorded last");
        }
        await passTime(leaseMs);
        const next = only(
          await claimDue(store, leaseMs),
          "claim: a batch whose lease has ended must be claimable",
        );
        const expected = { ...claim.batch, submission: steps.at(-1) };
        verifySame(
          next.batch,
          expected,
          "record: the next claim must bring what was recorded, all else as it was",
        );
      },
    },
    {
      name: "record adds what is ruled out, once, and leaves the submission",
      async run({ store, leaseMs }) {
        const claim = await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        const submission: Submission = { kind: "candidate", batchId: "three" };
        await store.record(claim, { ruledOut: "one" });
        await store.record(claim, { ruledOut: "two", submission });
        await store.record(claim, { ruledOut: "one" });
        await store.record(claim, {});
        const expected = { ...claim.batch, submission, ruledOut: ["one", "two"] };
        verifySame(
          await store.openBatches(),
          [expected],
          "record: what is ruled out must be added, once, in order",
        );
      },
    },
    {
      name: "record leaves the lease as it is",
      async run({ store, leaseMs, passTime }) {
        const claim = await reserved(store, leaseMs, "r-1", stepKeysOf(1));
        await store.record(claim, { submission: { kind: "submitted", batchId: "one" } });
        verifySame(await claimDue(store, leaseMs), [], "record: the batch must stay claimed");
        await passTime(leaseMs);
        only(await claimDue(store, leaseMs), "record: the lease must end when it would have");
      },
    },
    {
      name: "close frees the keys of the batch and no others",
      async run({ store, leaseMs, passTime }) {
        const keys = stepKeysOf(4);
        const claim = await reserved(store, leaseMs, "r-1", keys.slice(0, 2));
        await reserved(store, leaseMs, "r-2", keys.slice(2, 3));
        await store.close(claim, []);
        verifySame(refs(await store.openBatches()), ["r-2"], "close: the batch must not be open any more");
        verifySame(
          await store.holders(keys),
          new Map([[keys[2], "r-2"]]),
          "close: its keys must be free, and no others",
        );
        const { claim: next } = await store.reserve(intent("r-3", keys), leaseMs);
        verifySame(next?.batch.keys, [keys[0], keys[1], keys[3]], "close: freed keys must be granted again");
        await passTime(leaseMs);
        const due = refs(await claimDue(store, leaseMs));
        verifySame([...due].sort(), ["r-2", "r-3"], "close: a closed batch must not be claimable");
      },
    },
    {
      name: "openBatches tells the oldest first, claimed or not, of every provider",
      async run({ store, leaseMs, passTime }) {
        verifySame(await store.openBatches(), [], "openBatches: a new ledger has none");
        for (const [index, provider] of ["openai", "anthropic", "openai", "anthropic"].entries()) {
          const ref = ["d", "a", "c", "b"][index] ?? "";
          const claim = await reserved(store, leaseMs, ref, stepKeysOf(1, ref), { provider });
          if (index % 2 === 0) await store.release(claim, index === 0 ? leaseMs : 0);
          await passTime(1);
        }
        const order = refs(await store.openBatches());
        verifySame(order, ["d", "a", "c", "b"], "openBatches: every unfinished batch, the oldest first");
      },
    },
  ],
};
