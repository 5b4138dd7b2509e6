import { memoryBatchLedger, type BatchClaim } from "@gro/queue";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const key = fc.nat({ max: 12 }).map((index) => `key-${index}`);
const provider = fc.constantFrom("anthropic", "openai");

type Step =
  | { readonly kind: "reserve"; readonly provider: string; readonly keys: string[]; readonly leaseMs: number }
  | { readonly kind: "claim"; readonly provider: string; readonly limit: number; readonly leaseMs: number }
  | { readonly kind: "release"; readonly which: number; readonly delayMs: number }
  | { readonly kind: "close"; readonly which: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("reserve" as const), provider, leaseMs: fc.integer({ min: 1, max: 9 }) },
    keys: fc.array(key, { maxLength: 6 }),
  }),
  fc.record({
    ...{ kind: fc.constant("claim" as const), provider, leaseMs: fc.integer({ min: 1, max: 9 }) },
    limit: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant("release" as const), which: fc.nat(20), delayMs: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constant("close" as const), which: fc.nat(20) }),
);

describe("memoryBatchLedger", () => {
  it("never has a key in two unfinished batches, nor a batch in two hands, through any history", async () => {
    const histories = fc.array(fc.tuple(fc.nat({ max: 5 }), steps), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let now = 0;
        let refs = 0;
        const ledger = memoryBatchLedger({ clock: { now: () => now } });
        const claims: BatchClaim[] = [];
        /** Who has a batch in hand until when. */
        const inHand = new Map<string, number>();
        const take = (claim: BatchClaim) => {
          expect(inHand.get(claim.ref) ?? 0).toBeLessThanOrEqual(now);
          inHand.set(claim.ref, claim.leaseEndsAt);
          claims.push(claim);
        };
        for (const [passed, step] of history) {
          now += passed;
          if (step.kind === "reserve") {
            const intent = { ref: `r-${++refs}`, provider: step.provider, modelId: "m", keys: step.keys };
            const { claim, held } = await ledger.reserve(intent, step.leaseMs);
            const granted = claim?.batch.keys ?? [];
            expect([...granted, ...held.keys()].sort()).toEqual([...new Set(step.keys)].sort());
            if (claim !== null) take(claim);
          } else if (step.kind === "claim") {
            for (const claim of await ledger.claim(step)) take(claim);
          } else {
            const claim = claims.at(-1 - step.which);
            if (claim === undefined) continue;
            const outcome =
              step.kind === "release"
                ? await ledger.release(claim, step.delayMs)
                : await ledger.close(claim, []);
            if (outcome === "ok") inHand.delete(claim.ref);
          }
          const open = await ledger.openBatches();
          const held = open.flatMap(({ ref, keys }) => keys.map((one) => [one, ref] as const));
          expect(new Set(held.map(([one]) => one)).size).toBe(held.length);
          const all = Array.from({ length: 13 }, (_, index) => `key-${index}`);
          expect(new Map(await ledger.holders(all))).toEqual(new Map(held));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a ref that an unfinished batch has already, and leaves that batch alone", async () => {
    const ledger = memoryBatchLedger();
    const intent = { ref: "r-1", provider: "openai", modelId: "openai:x", keys: ["a"] };
    await ledger.reserve(intent, 1_000);
    const again = ledger.reserve({ ...intent, keys: ["b"] }, 1_000);
    await expect(again).rejects.toMatchObject({ code: "invalid_item" });
    expect(await ledger.holders(["a", "b"])).toEqual(new Map([["a", "r-1"]]));
  });
});
