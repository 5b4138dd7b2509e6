import { describe, expect, it } from "vitest";
import { approximate, estimate, summarize, tiktoken } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { LARGE_TEXTS } from "../support/large-texts.js";
import { leastStretch, LONGEST_ALLOWED_MS } from "../support/longest-stretch.js";

const UNITS = 10_000_000;

const tokenizer = tiktoken();
await tokenizer.load();

describe("ten million characters leave the event loop free", () => {
  it.each(Object.entries(LARGE_TEXTS))("summarized: %s", async (_, write) => {
    const text = write(UNITS);
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it.each(Object.entries(LARGE_TEXTS))("summarized by approximate counts: %s", async (_, write) => {
    const text = write(UNITS);
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer: approximate() };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("in twenty thousand chunks", async () => {
    const text = LARGE_TEXTS.prose(UNITS);
    const options = {
      model: scriptedModel(),
      targetTokens: 1_000,
      chunkSize: 200,
      chunkOverlap: 20,
      tokenizer,
    };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("estimated", async () => {
    const text = LARGE_TEXTS.prose(UNITS);
    const options = { model: { id: "x", contextTokens: 8_000 }, targetTokens: 1_000, tokenizer };
    expect(await leastStretch(() => estimate(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });
});
