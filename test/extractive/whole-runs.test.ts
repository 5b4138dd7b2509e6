import { describe, expect, it } from "vitest";
import { extractive } from "@gro/extractive";
import { summarize, tiktoken } from "@gro/summarizer";
import * as corpus from "../support/corpus.js";

const tokenizer = tiktoken("o200k_base");

describe("a whole run with the offline model", () => {
  it.each([
    ["a table of frames", "| - | - |\n| --- | --- |\n".repeat(40) + "ok."],
    ["faces made of signs", "(╯°□°）╯︵ ┻━┻)\n".repeat(60)],
    ["lines that divide", `${"-".repeat(40)}\nPart.\n`.repeat(60)],
  ])("comes to a summary of %s", async (_, text) => {
    for (const targetTokens of [3, 20, 60]) {
      const result = await summarize(text, { model: extractive(), targetTokens, tokenizer, chunkSize: 64 });
      expect(result.summary).not.toBe("");
      expect(result.outputTokens).toBeLessThanOrEqual(targetTokens);
    }
  });

  it.skipIf(corpus.isAbsent)(`comes to a summary of strings that break programs${corpus.note}`, async () => {
    const text = corpus.naughtyStrings().join("\n");
    for (const chunkSize of [64, 200, 2048]) {
      for (const targetTokens of [3, 50, 500]) {
        const result = await summarize(text, { model: extractive(), targetTokens, chunkSize, tokenizer });
        expect(result.outputTokens).toBeLessThanOrEqual(targetTokens);
      }
    }
  });
});
