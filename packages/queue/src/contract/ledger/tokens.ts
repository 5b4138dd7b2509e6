import type { BatchLedger } from "../../ports/batch-ledger.js";
import { stepKeysOf } from "../samples.js";
import type { CaseGroup, ContractCase } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { BATCH_OPERATIONS, claimDue, reserved, type BatchOperation } from "./samples.js";

/** What holds for each operation that takes a token. */
function casesFor({ name, endsClaim, run }: BatchOperation): ContractCase<BatchLedger>[] {
  return [
    {
      name: `${name}: a token is lost once somebody else has the batch, and nothing changes`,
      async run({ store, leaseMs, passTime }) {
        const stale = await reserved(store, leaseMs, "r-1", stepKeysOf(2));
        await passTime(leaseMs);
        const current = only(
          await claimDue(store, leaseMs),
          "claim: a batch whose lease has ended must be claimable",
        );
        await passTime(Math.floor(leaseMs / 2));
        verifySame(await run(store, stale, leaseMs), "lost", `${name}: a stale token must answer \`lost\``);
        verifySame(
          await store.openBatches(),
          [stale.batch],
          `${name}: a stale token must not change the batch`,
        );
        verifySame(
          await claimDue(store, leaseMs),
          [],
          `${name}: a stale token must not end the claim after it`,
        );
        await passTime(Math.ceil(leaseMs / 2));
        const next = only(
          await claimDue(store, leaseMs),
          `${name}: a stale token must not prolong the claim after it`,
        );
        verifySame(await store.close(current, []), "lost", `${name}: only the latest token counts`);
        verifySame(await store.close(next, []), "ok", `${name}: a stale token must leave the others good`);
      },
    },
    {
      name: `${name}: a token whose lease has ended is good as long as nobody else has the batch`,
      async run({ store, leaseMs, passTime }) {
        const late = await reserved(store, leaseMs, "r-1", stepKeysOf(2));
        await passTime(leaseMs * 2);
        verifySame(
          await run(store, late, leaseMs),
          "ok",
          `${name}: late is not lost while nobody else claimed`,
        );
      },
    },
    {
      name: `${name}: ${endsClaim ? "uses the token up" : "leaves the token good"}`,
      async run({ store, leaseMs }) {
        const claim = await reserved(store, leaseMs, "r-1", stepKeysOf(2));
        verifySame(await run(store, claim, leaseMs), "ok", `${name}: the latest token must be good`);
        const again = endsClaim ? "lost" : "ok";
        verifySame(await run(store, claim, leaseMs), again, `${name}: a token that comes again`);
      },
    },
    {
      name: `${name}: made-up tokens, and tokens of other batches, are lost`,
      async run({ store, leaseMs }) {
        const first = await reserved(store, leaseMs, "r-1", stepKeysOf(1, "a"));
        const second = await reserved(store, leaseMs, "r-2", stepKeysOf(1, "b"));
        const wrong = [
          { ref: "r-1", token: "made-up" },
          { ref: "r-1", token: second.token },
          { ref: "r-unknown", token: first.token },
        ];
        for (const token of wrong) {
          verifySame(
            await run(store, token, leaseMs),
            "lost",
            `${name}: only a batch's own latest token counts`,
          );
        }
        const batches = [first.batch, second.batch];
        verifySame(await store.openBatches(), batches, `${name}: a wrong token must change nothing`);
      },
    },
  ];
}

export const batchTokens: CaseGroup<BatchLedger> = {
  name: "a claim's token",
  cases: BATCH_OPERATIONS.flatMap(casesFor),
};
