import { describe, expect, it } from "vitest";
import { approximate, estimate, summarize, tiktoken } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { babblingModel } from "../support/babbling-model.js";
import { LARGE_TEXTS, type LargeText } from "../support/large-texts.js";
import { leastStretch, LONGEST_ALLOWED_MS } from "../support/longest-stretch.js";
import { prose } from "../support/prose.js";

const UNITS = 10_000_000;

const tokenizer = tiktoken();
await tokenizer.load();

/** What takes a minute for ten million is shorter: how long a stretch is does not depend on that. */
const SHORTER: ReadonlySet<string> = new Set<LargeText>([
  "letters without spaces",
  "Chinese without marks",
  "a minified script",
  "numbers between spaces",
]);

describe("ten million characters leave the event loop free", () => {
  it.each(Object.entries(LARGE_TEXTS))("summarized: %s", async (kind, write) => {
    const text = write(SHORTER.has(kind) ? UNITS / 5 : UNITS);
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("summarized by approximate counts", async () => {
    const text = LARGE_TEXTS.prose(UNITS);
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer: approximate() };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it.each(Object.entries(LARGE_TEXTS))("in every answer of a model: %s", async (kind, write) => {
    const model = babblingModel(write(SHORTER.has(kind) ? UNITS / 10 : UNITS / 4));
    const options = { model, targetTokens: 300, tokenizer };
    const stretch = await leastStretch(() => summarize(prose(2_000), options));
    expect(stretch).toBeLessThan(LONGEST_ALLOWED_MS);
    expect(model.calls).toBeGreaterThan(1);
  });

  it("in a prior summary without spaces", async () => {
    const priorSummary = LARGE_TEXTS["letters without spaces"](UNITS / 5);
    const options = { model: scriptedModel(), targetTokens: 300, tokenizer, priorSummary };
    expect(await leastStretch(() => summarize(prose(2_000), options))).toBeLessThan(LONGEST_ALLOWED_MS);
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
