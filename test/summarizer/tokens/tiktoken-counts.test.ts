import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { getEncoding } from "js-tiktoken";
import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";
import * as corpus from "../../support/corpus.js";
import { anyShortText, anyString } from "../../support/generated-texts.js";
import { hasShortRunsOnly } from "../../support/piece-lengths.js";
import { seededRandom } from "../../support/prose.js";
import { moreUnbrokenTexts, unbrokenTexts } from "../../support/unbroken-texts.js";

const tokenizer = tiktoken("o200k_base");
const reference = getEncoding("o200k_base");
const exact = (text: string) => reference.encode(text, [], []).length;

describe("counts by tiktoken", () => {
  it("are those of js-tiktoken for 500 odd strings", () => {
    const text = fc.oneof({ weight: 4, arbitrary: anyString }, anyShortText).filter(hasShortRunsOnly);
    fc.assert(
      fc.property(text, (string) => {
        expect(tokenizer.count(string)).toBe(exact(string));
      }),
      { numRuns: 500 },
    );
  });

  it.skipIf(corpus.isAbsent)(
    `are those of js-tiktoken for the start of every real text${corpus.note}`,
    () => {
      for (const { name, text } of corpus.allCorpusTexts()) {
        const start = text.slice(0, 1_000);
        expect(tokenizer.count(start), name).toBe(exact(start));
      }
    },
  );

  it.each([...unbrokenTexts(5_000), ...moreUnbrokenTexts(5_000)])("are exact for %s", (_, text) => {
    expect(tokenizer.count(text)).toBe(countTokens(text, { disallowedSpecial: new Set<string>() }));
  });

  it("are exact for words without spaces of any length", () => {
    const parts = ["the", "a", "nation", "under", "schiff", "ing", "q", "zz", "ation", "pre"];
    fc.assert(
      fc.property(fc.integer({ min: 250, max: 4_000 }), fc.nat(), (length, seed) => {
        const random = seededRandom(seed);
        let word = "";
        while (word.length < length) word += parts[Math.floor(random() * parts.length)] ?? "";
        expect(tokenizer.count(word)).toBe(countTokens(word));
      }),
      { numRuns: 100 },
    );
  });
});
