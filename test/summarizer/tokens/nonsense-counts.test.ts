import { describe, expect, it } from "vitest";
import { chunkText, summarize, TokenizerFailedError } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { prose } from "../../support/prose.js";

const text = prose(600);

/** The error that `summarize` rejects with, or what it answers although it should not. */
async function outcomeOf(run: Promise<unknown>): Promise<unknown> {
  try {
    await run;
    return "a result";
  } catch (error) {
    return error;
  }
}

describe("a tokenizer that counts nonsense", () => {
  it.each([NaN, -1, Infinity, -Infinity, undefined, "12"])(
    "ends in a clear error, before any call: %s",
    async (count) => {
      const tokenizer = { id: "broken", count: () => count as number };
      const model = scriptedModel();
      const error = await outcomeOf(summarize(text, { model, targetTokens: 300, tokenizer }));
      expect(error).toBeInstanceOf(TokenizerFailedError);
      expect((error as TokenizerFailedError).message).toContain(
        `The tokenizer broken counted ${String(count)} tokens`,
      );
      expect(() => chunkText(text, { tokenizer })).toThrow(TokenizerFailedError);
      expect(model.requests).toEqual([]);
    },
  );

  it("ends in the same error when it begins to do so halfway", async () => {
    for (const soundCounts of [1, 5, 20]) {
      let counts = 0;
      const count = (part: string) => ((counts += 1) > soundCounts ? NaN : Math.ceil(part.length / 4));
      const run = summarize(text, {
        model: scriptedModel(),
        targetTokens: 300,
        tokenizer: { id: "tired", count },
      });
      expect(await outcomeOf(run)).toBeInstanceOf(TokenizerFailedError);
    }
  });

  it("ends, whatever it counts: nothing at all", async () => {
    const tokenizer = { id: "nothing", count: () => 0 };
    expect(chunkText(text, { tokenizer })).toHaveLength(1);
    const result = await summarize(text, { model: scriptedModel(), targetTokens: 300, tokenizer });
    expect(result.summary).toBe(text);
  });

  it("ends, whatever it counts: the same for every text", async () => {
    const tokenizer = { id: "constant", count: () => 5000 };
    expect(() => chunkText(text, { tokenizer })).toThrow(TokenizerFailedError);
    const run = summarize(text, { model: scriptedModel(), targetTokens: 300, tokenizer });
    expect(await outcomeOf(run)).toBeInstanceOf(TokenizerFailedError);
  });
});
