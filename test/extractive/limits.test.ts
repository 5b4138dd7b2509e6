import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approximate, tiktoken, type Tokenizer } from "@gro/summarizer";
import { paragraphsByLanguage } from "../support/paragraphs-by-language.js";
import { prose } from "../support/prose.js";
import { ask, summaryOf, wordCounter } from "./ask.js";

const sentences = Object.values(paragraphsByLanguage).flatMap(
  (paragraph) => paragraph.match(/[^.。।։?!]+[.。।։?!]+\s*|[^.。।։?!]+$/gu) ?? [],
);
const separators = ["", " ", "\n", "\n\n", "\r\n", "\t", "  \n \n"];

/** Texts of sentences in many scripts, with strange strings between them. */
const mixedText = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...sentences) },
        fc.string({ unit: "binary", maxLength: 40 }),
      ),
      fc.constantFrom(...separators),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.flat().join(""));

const tokenizers: readonly Tokenizer[] = [tiktoken("o200k_base"), approximate(), wordCounter];

describe("the limit", () => {
  it("is never exceeded, whatever the text, the tokenizer and the section", async () => {
    await fc.assert(
      fc.asyncProperty(
        mixedText,
        fc.integer({ min: 1, max: 2_000 }),
        fc.constantFrom(...tokenizers),
        fc.constantFrom("text" as const, "draft" as const, "summary" as const),
        async (text, limit, tokenizer, name) => {
          const answer = await ask({ sections: [{ name, text }], limit }, { tokenizer });
          expect(answer.usage.outputTokens).toBe(tokenizer.count(answer.text));
          expect(answer.usage.outputTokens).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("leaves no text with words without an answer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(paragraphsByLanguage)),
        fc.integer({ min: 3, max: 40 }),
        async (text, limit) => {
          expect(await summaryOf(text, limit, { tokenizer: tiktoken("o200k_base") })).not.toBe("");
        },
      ),
    );
  });

  it.each([100, 200, 400, 800, 1_600])("of %i tokens is filled by prose", async (limit) => {
    const tokenizer = tiktoken("o200k_base");
    const summary = await summaryOf(prose(6_000, limit), limit, { tokenizer });
    expect(tokenizer.count(summary)).toBeGreaterThanOrEqual(0.85 * limit);
  });

  it("that the whole text fits gives the whole text", async () => {
    const text = "One dog barked at the gate. Two cats fled over the wall.";
    expect(await summaryOf(text, 1_000)).toBe(text);
  });

  it("that not even one sentence fits gives the first words of the best one", async () => {
    const text =
      "Storms delayed the ferry to the northern islands for three days. " +
      "The ferry to the northern islands carries the mail, the doctor and the storms' news. " +
      "Nobody had packed a sandwich.";
    const summary = await summaryOf(text, 5, { tokenizer: wordCounter });
    expect(wordCounter.count(summary)).toBe(5);
    expect(text).toContain(summary);
    expect(summary).toMatch(/^(Storms delayed|The ferry)/);
  });

  it("smaller than the first word cuts inside it, at a whole character", async () => {
    const family = "👨‍👩‍👧‍👦";
    const tokenizer = { id: "units", count: (text: string) => text.length };
    expect(await summaryOf(family.repeat(20), 30, { tokenizer })).toBe(family.repeat(2));
  });
});
