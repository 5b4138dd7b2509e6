import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarize, tiktoken } from "@gro/summarizer";
import { scriptedModel, type Behaviour } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
const ANSWERING: readonly Behaviour[] = ["obedient", "verbose", "terse", "echo", "expanding"];

describe("a summary is never over its target", () => {
  const targets = [1, 2, 3, 5, 8, 13, 30, 77, 150, 400, 999, 1500, 1501, 3000, 4500, 8000];
  const texts = [
    ["one chunk", prose(700)],
    ["some chunks", prose(9_000, 2)],
    ["many chunks", prose(20_000, 3)],
    ["unbroken", "漢字書道".repeat(3_000)],
    ["hardly any words", "🙂🙃 ".repeat(3_000)],
  ] as const;

  it.each(texts)("with every model and targets 1 to 8000: %s", async (_, text) => {
    for (const behaviour of ANSWERING) {
      for (const targetTokens of targets) {
        const model = scriptedModel({ behaviour, tokenizer });
        const result = await summarize(text, { model, targetTokens, tokenizer });
        const told = `${behaviour} to ${targetTokens}`;
        expect(tokenizer.count(result.summary ?? ""), told).toBe(result.outputTokens);
        expect(result.outputTokens, told).toBeLessThanOrEqual(targetTokens);
        expect(result.outputTokens, told).toBeGreaterThan(0);
        expect(result.compressionRatio, told).toBeLessThanOrEqual(1);
      }
    }
  });

  it("for any sizes, any target and a model that changes its manner from call to call", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          words: fc.integer({ min: 1, max: 6_000 }),
          seed: fc.nat(),
          targetTokens: fc.integer({ min: 1, max: 3_000 }),
          chunkSize: fc.integer({ min: 8, max: 3_000 }),
          tokenMax: fc.integer({ min: 64, max: 4_000 }),
          manners: fc.array(fc.constantFrom(...ANSWERING), { minLength: 1, maxLength: 7 }),
          cutsAtLimit: fc.boolean(),
        }),
        async ({ words, seed, manners, cutsAtLimit, targetTokens, chunkSize, tokenMax }) => {
          const cue = (_: unknown, call: number) => manners[call % manners.length];
          const model = scriptedModel({ cue, cutsAtLimit, tokenizer });
          const text = prose(words, seed);
          const result = await summarize(text, { model, targetTokens, chunkSize, tokenMax, tokenizer });
          expect(result.outputTokens).toBeLessThanOrEqual(targetTokens);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a summary is not far under its target", () => {
  it.each([100, 500, 1000, 2000, 3000, 4000, 8000])(
    "a model that writes what it is asked for comes to three quarters of %i tokens or more",
    async (targetTokens) => {
      for (const words of [8_000, 25_000, 60_000]) {
        const text = prose(words, words);
        const inputTokens = tokenizer.count(text);
        if (inputTokens < targetTokens * 1.5) continue;
        const model = scriptedModel({ tokenizer });
        const result = await summarize(text, { model, targetTokens, tokenizer });
        const share = result.outputTokens / targetTokens;
        expect(share, `${inputTokens} tokens to ${targetTokens}`).toBeGreaterThanOrEqual(0.75);
      }
    },
  );
});

describe("the result says how it came to its length", () => {
  const text = prose(3_000);
  const summarizeAs = (behaviour: Behaviour, targetTokens = 400) =>
    summarize(text, { model: scriptedModel({ behaviour, tokenizer }), targetTokens, tokenizer });

  it("as-is when the content fits", async () => {
    const result = await summarizeAs("obedient", 100_000);
    expect(result).toMatchObject({ fit: "as-is", summary: text, collapseDepth: 0, compressionRatio: 1 });
    expect(result.usage.calls).toBe(0);
  });

  it("model when the model kept the limit", async () => {
    expect((await summarizeAs("obedient")).fit).toBe("model");
  });

  it("shortened when it kept the limit on the second try", async () => {
    const model = scriptedModel({
      cue: ({ system }) => (system.startsWith("You shorten") ? "obedient" : "verbose"),
      tokenizer,
    });
    const result = await summarize(text, { model, targetTokens: 400, tokenizer });
    expect(result.fit).toBe("shortened");
  });

  it("trimmed, at the end of a sentence and with a warning, when it never kept the limit", async () => {
    const result = await summarizeAs("verbose");
    expect(result.fit).toBe("trimmed");
    expect(result.summary).toMatch(/[.!?]$/);
    expect(result.warnings.map(({ code }) => code)).toContain("summaries_trimmed");
  });

  it("asks to shorten an answer that was cut by the output limit, even if it would fit", async () => {
    const cut = {
      text: "The ferry carried seven crates and then",
      finishReason: "length",
      usage: { inputTokens: 9, outputTokens: 8 },
    } as const;
    const model = scriptedModel({ cue: (_, call) => (call === 1 ? cut : undefined), tokenizer });
    const result = await summarize(prose(500), { model, targetTokens: 400, tokenizer });
    expect(model.requests.some(({ prompt }) => prompt.includes(`\n${cut.text}\n</draft-`))).toBe(true);
    expect(result.summary).not.toContain(cut.text + ".");
  });

  it("trims the first draft when the model has nothing to say about shortening it", async () => {
    const model = scriptedModel({
      cue: ({ system }) => (system.startsWith("You shorten") ? "empty" : "verbose"),
      tokenizer,
    });
    const result = await summarize(text, { model, targetTokens: 400, tokenizer });
    expect(result.fit).toBe("trimmed");
    expect(result.outputTokens).toBeGreaterThan(100);
  });
});
