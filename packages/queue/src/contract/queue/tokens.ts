import type { QueueStore } from "../../ports/queue-store.js";
import type { CaseGroup, ContractCase } from "../scene.js";
import { only, verifySame } from "../verify.js";
import { TOKEN_OPERATIONS, type TokenOperation } from "./operations.js";
import { claimAll, claimedItem, item, items } from "./samples.js";

/** What holds for each operation that takes tokens. */
function casesFor(operation: TokenOperation): ContractCase<QueueStore>[] {
  const { name, endsClaim, run } = operation;
  return [
    {
      name: `${name}: a token is lost once somebody else has the item, and nothing changes`,
      async run({ store, leaseMs, passTime }) {
        const stale = await claimedItem(store, leaseMs);
        await passTime(leaseMs);
        const current = only(
          await claimAll(store, leaseMs),
          "claim: an item whose lease has ended must be claimable",
        );
        await passTime(Math.floor(leaseMs / 2));
        verifySame(
          await run(store, [stale], leaseMs),
          ["lost"],
          `${name}: a stale token must answer \`lost\``,
        );
        const { claimed, dead } = await store.stats();
        verifySame({ claimed, dead }, { claimed: 1, dead: 0 }, `${name}: a stale token must change nothing`);
        await passTime(Math.ceil(leaseMs / 2));
        const { ready } = await store.stats();
        verifySame(ready, 1, `${name}: a stale token must not touch the lease of the claim after it`);
        verifySame(
          await store.complete([current]),
          ["ok"],
          `${name}: a stale token must leave the other claim good`,
        );
      },
    },
    {
      name: `${name}: a token whose lease has ended is good as long as nobody else has the item`,
      async run({ store, leaseMs, passTime }) {
        const late = await claimedItem(store, leaseMs);
        await passTime(leaseMs * 2);
        verifySame(
          await run(store, [late], leaseMs),
          ["ok"],
          `${name}: late is not lost while nobody else claimed`,
        );
      },
    },
    {
      name: `${name}: ${endsClaim ? "uses a token up" : "leaves a token good"}`,
      async run({ store, leaseMs }) {
        const claim = await claimedItem(store, leaseMs);
        const expected = endsClaim ? ["ok", "lost"] : ["ok", "ok"];
        const outcomes = await run(store, [claim, claim], leaseMs);
        verifySame(outcomes, expected, `${name}: a token that stands twice in a list`);
        const [, after] = expected;
        verifySame(await run(store, [claim], leaseMs), [after], `${name}: a token that comes again`);
      },
    },
    {
      name: `${name}: made-up tokens, and tokens of other items, are lost`,
      async run({ store, leaseMs }) {
        await store.enqueue([item("a"), item("b")]);
        const [first, second] = await claimAll(store, leaseMs);
        const itemId = first?.itemId ?? "";
        const wrong = [
          { itemId, token: "made-up" },
          { itemId, token: "" },
          { itemId, token: second?.token ?? "" },
          { itemId: "nothing@known", token: first?.token ?? "" },
        ];
        const outcomes = await run(store, wrong, leaseMs);
        verifySame(outcomes, Array(4).fill("lost"), `${name}: only an item's own latest token counts`);
        verifySame((await store.stats()).claimed, 2, `${name}: a wrong token must change nothing`);
      },
    },
    {
      name: `${name}: outcomes stand where their claims stand`,
      async run({ store, leaseMs }) {
        await store.enqueue(items(4));
        const [first, second, third, fourth] = await claimAll(store, leaseMs);
        if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
          throw new Error("claim: 4 items were queued, and must be claimable");
        }
        await store.complete([second]);
        const gone = { itemId: third.itemId, token: "made-up" };
        const outcomes = await run(store, [gone, first, second, fourth], leaseMs);
        verifySame(
          outcomes,
          ["lost", "ok", "lost", "ok"],
          `${name}: one that is lost must not keep the others out`,
        );
      },
    },
    {
      name: `${name}: takes 1,000 claims, and none`,
      async run({ store, leaseMs }) {
        verifySame(await run(store, [], leaseMs), [], `${name}: no claims, no outcomes`);
        await store.enqueue(items(1_000));
        const outcomes = await run(store, await claimAll(store, leaseMs), leaseMs);
        verifySame(outcomes, Array(1_000).fill("ok"), `${name}: 1,000 good tokens`);
      },
    },
  ];
}

export const tokens: CaseGroup<QueueStore> = {
  name: "a claim's token",
  cases: TOKEN_OPERATIONS.flatMap(casesFor),
};
