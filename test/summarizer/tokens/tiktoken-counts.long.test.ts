import fc from "fast-check";
import { getEncoding } from "js-tiktoken";
import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";
import * as corpus from "../../support/corpus.js";
import { anyShortText, anyString } from "../../support/generated-texts.js";
import { hasShortRunsOnly } from "../../support/piece-lengths.js";
import { paragraphsByLanguage } from "../../support/paragraphs-by-language.js";

describe.each(["o200k_base", "cl100k_base"] as const)("tiktoken(%j)", (name) => {
  const tokenizer = tiktoken(name);
  const reference = getEncoding(name);
  const exact = (text: string) => reference.encode(text, [], []).length;

  it.skipIf(corpus.isAbsent)(`counts every real text as js-tiktoken does${corpus.note}`, () => {
    for (const { name, text } of corpus.allCorpusTexts())
      expect(tokenizer.count(text), name).toBe(exact(text));
  });

  it.skipIf(corpus.isAbsent)(`counts strings that break programs as js-tiktoken does${corpus.note}`, () => {
    const strings = corpus.naughtyStrings().filter(hasShortRunsOnly);
    expect(strings.length).toBeGreaterThan(500);
    for (const text of [...strings, strings.join("\n")])
      expect(tokenizer.count(text), text).toBe(exact(text));
  });

  it.each(Object.entries(paragraphsByLanguage))("counts %s as js-tiktoken does", (_, paragraph) => {
    const text = paragraph.split(" ").filter(hasShortRunsOnly).join(" ");
    expect(tokenizer.count(text)).toBe(exact(text));
  });

  it("counts 10,000 odd strings as js-tiktoken does", () => {
    const text = fc.oneof({ weight: 4, arbitrary: anyString }, anyShortText).filter(hasShortRunsOnly);
    fc.assert(
      fc.property(text, (string) => {
        expect(tokenizer.count(string)).toBe(exact(string));
      }),
      { numRuns: 10_000 },
    );
  });

  it.each(["<|endoftext|>", "a<|endoftext|>b", "<|fim_prefix|><|fim_middle|>", "<|endofprompt|> ".repeat(9)])(
    "counts the name of a special token as ordinary text: %s",
    (text) => {
      expect(tokenizer.count(text)).toBe(exact(text));
      expect(tokenizer.count(text)).toBeGreaterThan(3);
    },
  );

  it("counts nothing as 0 and any character as at least 1", () => {
    expect(tokenizer.count("")).toBe(0);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        expect(tokenizer.count(text)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
