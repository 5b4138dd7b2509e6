import { describe, expect, it } from "vitest";
import { ModelError, memoryMemo, summarize, tiktoken } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
const text = prose(12_000);

/** Refuses prompts of more tokens than it has room for, as providers do. */
function smallModel(contextTokens: number) {
  const refusal = new ModelError({
    kind: "prompt_too_long",
    provider: "scripted",
    model: "small",
    message: "The prompt is too long.",
    status: 400,
  });
  return scriptedModel({
    tokenizer,
    cue: ({ system, prompt }) =>
      tokenizer.count(system) + tokenizer.count(prompt) > contextTokens ? refusal : undefined,
  });
}

describe("a prompt that is too long for the model", () => {
  it.each([2_000, 1_200, 700])(
    "is divided until it fits into %i tokens, and the run goes on",
    async (contextTokens) => {
      for (const targetTokens of [150, 1_000, 4_000]) {
        const model = smallModel(contextTokens);
        const result = await summarize(text, { model, targetTokens, tokenizer });
        expect(result.outputTokens).toBeLessThanOrEqual(targetTokens);
        expect(result.outputTokens).toBeGreaterThan(targetTokens * 0.5);
        expect(result.warnings.map(({ code }) => code)).toContain("steps_split");
        expect(result.sources?.span).toEqual({ start: 0, end: text.length });
      }
    },
  );

  it("comes to the same summary when it is replayed from a memo", async () => {
    const memo = memoryMemo();
    const options = { targetTokens: 300, tokenizer, memo };
    const first = await summarize(text, { ...options, model: smallModel(1_500) });
    const second = await summarize(text, { ...options, model: smallModel(1_500) });
    expect(second.summary).toBe(first.summary);
    expect(second.usage.calls).toBe(0);
  });

  it("is not even sent when the model says how much it can take", async () => {
    const model = scriptedModel({ tokenizer, contextTokens: 2_000 });
    const result = await summarize(text, { model, targetTokens: 300, tokenizer });
    expect(result.summary).not.toBeNull();
    for (const { system, prompt, maxOutputTokens } of model.requests) {
      expect(tokenizer.count(system) + tokenizer.count(prompt) + maxOutputTokens).toBeLessThanOrEqual(2_000);
    }
  });

  it("ends the run with the provider's error when nothing is left to divide", async () => {
    const run = summarize(text, { model: smallModel(50), targetTokens: 300, tokenizer });
    await expect(run).rejects.toMatchObject({ code: "step_failed", cause: { kind: "prompt_too_long" } });
  });
});
