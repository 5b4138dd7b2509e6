import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BudgetExceededError, memoryMemo, summarize, tiktoken, type Budget } from "@gro/summarizer";
import { ScriptedError, scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose, seededRandom } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
const text = prose(12_000);
const prices = () => ({ input: 1, output: 5 });

describe("a budget", () => {
  it.each<[string, Budget]>([
    ["calls", { maxCalls: 4 }],
    ["tokens", { maxTokens: 9_000 }],
    ["cost", { maxCostUsd: 0.01 }],
  ])(
    "of %s stops the run before the call that could break it, and says what was spent",
    async (_, budget) => {
      const model = scriptedModel({ tokenizer });
      const memo = memoryMemo();
      const options = { model, targetTokens: 300, tokenizer, prices, memo };
      const error: unknown = await summarize(text, { ...options, budget }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BudgetExceededError);
      const { details } = error as BudgetExceededError;
      expect(details.spentCalls).toBe(model.requests.length);
      expect(details.spentCalls).toBeGreaterThan(0);
      expect(details.stepsInMemo).toBe(details.spentCalls);
      expect(error).toMatchObject({ code: "budget_exceeded", isRetryable: false });
      const rest = await summarize(text, options);
      expect(rest.usage.memoHits).toBe(details.stepsInMemo);
    },
  );

  it("without a memo does not speak of one", async () => {
    const run = summarize(text, {
      model: scriptedModel(),
      targetTokens: 300,
      tokenizer,
      budget: { maxCalls: 2 },
    });
    await expect(run).rejects.toMatchObject({
      details: { spentCalls: 2, stepsInMemo: 0, hasMemo: false },
      message: expect.stringMatching(/There is no memo: .*Give a memo/) as string,
    });
  });

  it("with a memo that stores nothing says that nothing is in it", async () => {
    const memo = { get: async () => undefined, set: () => Promise.reject(new Error("disk full")) };
    const budget = { maxCalls: 2 };
    const run = summarize(text, { model: scriptedModel(), targetTokens: 300, tokenizer, memo, budget });
    await expect(run).rejects.toMatchObject({ details: { spentCalls: 2, stepsInMemo: 0, hasMemo: true } });
  });

  it("that is large enough changes nothing", async () => {
    const plain = await summarize(text, {
      model: scriptedModel({ tokenizer }),
      targetTokens: 300,
      tokenizer,
    });
    const budget = { maxCalls: plain.usage.calls, maxTokens: 100_000, maxCostUsd: 5 };
    const model = scriptedModel({ tokenizer });
    const result = await summarize(text, { model, targetTokens: 300, tokenizer, budget, prices });
    expect(result.summary).toBe(plain.summary);
  });

  it("of nothing allows content that needs nothing", async () => {
    const result = await summarize("Short.", { model: scriptedModel(), budget: { maxCalls: 0 } });
    expect(result.summary).toBe("Short.");
  });

  it("is never exceeded, however calls overlap, fail and are made again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          maxConcurrency: fc.integer({ min: 1, max: 20 }),
          maxCalls: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
          maxTokens: fc.option(fc.integer({ min: 0, max: 40_000 }), { nil: undefined }),
          maxCostUsd: fc.option(fc.double({ min: 0, max: 0.05, noNaN: true }), { nil: undefined }),
          behaviour: fc.constantFrom("obedient", "verbose", "terse"),
        }),
        async ({ seed, maxConcurrency, behaviour, ...budget }) => {
          const random = seededRandom(seed);
          const clock = virtualClock({ jumps: true });
          const spent = { calls: 0, tokens: 0 };
          const scripted = scriptedModel({
            behaviour,
            tokenizer,
            clock,
            latencyMs: () => 1 + random() * 1_000,
            cue: () => (random() < 0.2 ? new ScriptedError("busy", { isRetryable: true }) : undefined),
          });
          const model = {
            ...scripted,
            async generate(request: Parameters<typeof scripted.generate>[0]) {
              spent.calls += 1;
              const completion = await scripted.generate(request);
              spent.tokens += completion.usage.inputTokens + completion.usage.outputTokens;
              return completion;
            },
          };
          const options = { model, targetTokens: 300, tokenizer, clock, maxConcurrency, budget, prices };
          const outcome: unknown = await summarize(prose(4_000, seed), options).catch(
            (thrown: unknown) => thrown,
          );
          expect(spent.calls).toBeLessThanOrEqual(budget.maxCalls ?? Infinity);
          expect(spent.tokens).toBeLessThanOrEqual(budget.maxTokens ?? Infinity);
          // At most 5 USD for a million tokens of either kind.
          if (outcome instanceof BudgetExceededError) {
            expect(outcome.details.spentCostUsd).toBeLessThanOrEqual(budget.maxCostUsd ?? Infinity);
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  it.each<[Budget, string]>([
    [{ maxCalls: -1 }, "budget.maxCalls"],
    [{ maxTokens: 1.5 }, "budget.maxTokens"],
    [{ maxCostUsd: NaN }, "budget.maxCostUsd"],
    [{ maxCost: 1 } as Budget, "budget.maxCost"],
  ])("out of range is refused: %j", async (budget, option) => {
    await expect(summarize(text, { model: scriptedModel(), budget, prices })).rejects.toMatchObject({
      option,
    });
  });

  it("of USD for a model without a known price is refused, with what to do", async () => {
    const run = summarize(text, { model: scriptedModel(), budget: { maxCostUsd: 1 } });
    await expect(run).rejects.toThrow(
      /price of scripted:obedient, which is not known: give it with the option prices/,
    );
  });
});

describe("cost", () => {
  it("is in the usage when the price is known, and absent when it is not", async () => {
    const options = { targetTokens: 300, tokenizer };
    const known = await summarize(text, {
      ...options,
      model: scriptedModel({ tokenizer, id: "openai:gpt-4o-mini" }),
    });
    const { inputTokens, outputTokens } = known.usage;
    expect(known.usage.costUsd).toBeCloseTo((inputTokens * 0.15 + outputTokens * 0.6) / 1e6, 12);
    expect(String(known.usage.costUsd)).toMatch(/^\d\.\d{1,12}$/);
    const unknown = await summarize(text, { ...options, model: scriptedModel({ tokenizer }) });
    expect(unknown.usage).not.toHaveProperty("costUsd");
  });
});
