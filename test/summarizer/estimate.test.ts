import { describe, expect, it } from "vitest";
import { BudgetExceededError, estimate, memoryMemo, summarize, tiktoken } from "@gro/summarizer";
import { scriptedModel, type Behaviour } from "@gro/summarizer/testing";
import * as corpus from "../support/corpus.js";
import { paragraphsByLanguage } from "../support/paragraphs-by-language.js";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
const TARGETS = [150, 600, 2_500];

async function compare(text: string, targetTokens: number, behaviour: Behaviour) {
  const model = scriptedModel({ behaviour, tokenizer });
  const options = { model, targetTokens, tokenizer };
  const told = await estimate(text, { ...options, shortenedShare: behaviour === "verbose" ? 1 : 0 });
  expect(model.requests).toHaveLength(0);
  const { usage } = await summarize(text, options);
  return { told, usage };
}

async function expectNear(text: string, behaviour: Behaviour, name: string) {
  for (const targetTokens of TARGETS) {
    const { told, usage } = await compare(text, targetTokens, behaviour);
    const note = `${name} to ${targetTokens}, ${behaviour}`;
    for (const [range, actual] of [
      [told.calls, usage.calls],
      [told.callTokens.input, usage.inputTokens],
      [told.callTokens.output, usage.outputTokens],
    ] as const) {
      expect(range.worst, note).toBeGreaterThanOrEqual(actual);
    }
    const tokens = usage.inputTokens + usage.outputTokens;
    const likely = told.callTokens.input.likely + told.callTokens.output.likely;
    expect(Math.abs(told.calls.likely - usage.calls), note).toBeLessThanOrEqual(usage.calls * 0.25);
    expect(Math.abs(likely - tokens), note).toBeLessThanOrEqual(tokens * 0.25);
  }
}

describe("an estimate", () => {
  it.each<Behaviour>(["obedient", "verbose"])(
    "is near what a model that is %s takes, and never under it at worst",
    async (behaviour) => {
      for (const words of [300, 3_000, 20_000])
        await expectNear(prose(words, words), behaviour, `${words} words`);
    },
  );

  it.skipIf(corpus.isAbsent).each<Behaviour>(["obedient", "verbose"])(
    `holds for 40 real texts and a model that is %s${corpus.note}`,
    { timeout: 240_000 },
    async (behaviour) => {
      const some = [
        ...corpus.qmsumMeetings().slice(0, 10),
        ...corpus.squalityStories().slice(0, 10),
        ...corpus.sumpubmedPapers().slice(0, 10),
        ...corpus.vcsumMeetings().slice(0, 10),
      ];
      expect(some).toHaveLength(40);
      for (const { text, name } of some) await expectNear(text, behaviour, name);
    },
  );

  const languages = ["english", "german", "russian", "arabic", "hindi", "tamil", "thai", "korean", "chinese"];

  describe.each(languages)("at worst, of a text in %s,", (language) => {
    const paragraph = paragraphsByLanguage[language] ?? "";
    const text = Array.from({ length: 60 }, (_, index) => `${index + 1}. ${paragraph}`).join("\n\n");
    const prices = () => ({ input: 1, output: 5, cacheWrite: 1.25 });

    it.each([
      ["as newer models do", "o200k_base"],
      ["as older ones do", "cl100k_base"],
      ["with the smallest vocabulary", "r50k_base"],
    ] as const)(
      "is enough for a provider that counts %s, and for the budget of the run",
      async (_, encoding) => {
        for (const behaviour of ["obedient", "verbose"] as const) {
          const provider = tiktoken(encoding);
          await provider.load();
          const model = scriptedModel({ behaviour, tokenizer: provider });
          const options = { model, targetTokens: 400, chunkSize: 800, tokenizer, prices };
          const { calls, callTokens, costUsd } = await estimate(text, options);
          const budget = {
            maxCalls: calls.worst,
            maxTokens: callTokens.input.worst + callTokens.output.worst,
            maxCostUsd: costUsd?.live.worst,
          };
          const { usage } = await summarize(text, { ...options, budget, maxConcurrency: 1_000 });
          expect(usage.inputTokens).toBeLessThanOrEqual(callTokens.input.worst);
          expect(usage.outputTokens).toBeLessThanOrEqual(callTokens.output.worst);
          expect(usage.costUsd).toBeLessThanOrEqual(budget.maxCostUsd ?? 0);
        }
      },
    );

    it("is no less than what a budget sets aside for each of the calls", async () => {
      const memo = memoryMemo();
      const model = scriptedModel({ behaviour: "verbose", tokenizer });
      const options = { model, targetTokens: 200, chunkSize: 800, tokenizer, memo, maxConcurrency: 1 };
      const short = text.slice(0, text.indexOf("\n\n9. "));
      let setAside = 0;
      for (let isDone = false; !isDone;) {
        const error: unknown = await summarize(short, { ...options, budget: { maxTokens: 0 } }).catch(
          (thrown: unknown) => thrown,
        );
        isDone = !(error instanceof BudgetExceededError);
        if (error instanceof BudgetExceededError) setAside += error.details.needed;
        // The next run finds one call more in the memo.
        await summarize(short, { ...options, budget: { maxCalls: 1 } }).catch(() => undefined);
      }
      const { callTokens } = await estimate(short, options);
      expect(setAside).toBeGreaterThan(0);
      expect(setAside).toBeLessThanOrEqual(callTokens.input.worst + callTokens.output.worst);
    });
  });

  it("needs only the model's id, and gives the cost live and in batches where the price is known", async () => {
    const text = prose(10_000);
    const told = await estimate(text, { model: { id: "anthropic:claude-haiku-4-5" }, targetTokens: 300 });
    const { live, batch } = told.costUsd ?? {};
    const { input, output } = told.callTokens;
    expect(live?.likely).toBeCloseTo((input.likely * 1 + output.likely * 5) / 1e6, 4);
    expect(batch?.worst).toBeCloseTo((live?.worst ?? 0) / 2, 12);
    expect(await estimate(text, { model: { id: "nobody:knows" } })).not.toHaveProperty("costUsd");
  });

  it("of content that fits, or is blank, is nothing", async () => {
    for (const text of ["Short.", " "]) {
      const told = await estimate(text, { model: { id: "x" } });
      expect(told).toMatchObject({ calls: { likely: 0, worst: 0 }, chunks: 0, merges: 0 });
    }
  });

  it("refuses what summarize refuses", async () => {
    await expect(estimate("x", { model: { id: "x" }, chunkSize: 1 })).rejects.toMatchObject({
      option: "chunkSize",
    });
    await expect(estimate("x", { model: { id: "x" }, shortenedShare: 2 })).rejects.toMatchObject({
      option: "shortenedShare",
    });
    await expect(estimate("x", undefined as never)).rejects.toMatchObject({ option: "options" });
  });
});
