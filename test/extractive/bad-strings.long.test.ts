import { describe, expect, it } from "vitest";
import { extractive } from "@gro/extractive";
import { tiktoken } from "@gro/summarizer";
import * as corpus from "../support/corpus.js";
import { summaryOf } from "./ask.js";

const tokenizer = tiktoken("o200k_base");
const million = 1_000_000;

/** Text that is far from prose, and large. */
const hostile: readonly [string, string][] = [
  ["one letter", "a".repeat(million)],
  ["line breaks", `${"\n".repeat(100_000)}x`],
  ["spaces", `${" ".repeat(million)}x`],
  ["single letters", "a ".repeat(million / 2)],
  ["single letters with full stops", "A. ".repeat(million / 3)],
  ["one short sentence", "Abc def. ".repeat(million / 9)],
  ["words without marks", "lorem ipsum dolor ".repeat(million / 18)],
  ["different words", Array.from({ length: 100_000 }, (_, index) => `w${index}.`).join(" ")],
  ["Chinese without marks", "汉字".repeat(million / 2)],
  ["short Chinese sentences", "汉字。".repeat(million / 3)],
  ["short turns", "A: b\n".repeat(million / 5)],
  ["short speech", '"I," I said. '.repeat(million / 13)],
  ["lone surrogates", "\ud800".repeat(million)],
  ["piled marks", `Z${"\u0301".repeat(million)}`],
  ["emoji", "😀".repeat(million / 4)],
  ["commas", ",".repeat(million)],
  ["quotation marks", '"'.repeat(million)],
];

describe("a million characters of", () => {
  it.each(hostile)("%s are answered within the limit, in seconds", async (_, text) => {
    await tokenizer.load();
    const startedAt = performance.now();
    const summary = await summaryOf(text, 100, { tokenizer });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(summary).not.toBe("");
    expect(tokenizer.count(summary)).toBeLessThanOrEqual(100);
  });
});

describe("blank text", () => {
  it.each(["", " ", "\n\n\t", "\u00a0\u2003\ufeff"])("has an empty answer: %j", async (text) => {
    expect(await summaryOf(text, 10)).toBe("");
  });
});

describe(`naughty strings${corpus.note}`, () => {
  it.skipIf(corpus.isAbsent)("are answered within the limit, alone and together", async () => {
    const strings = corpus.naughtyStrings();
    for (const text of [...strings, strings.join("\n"), strings.join(" ")]) {
      for (const limit of [1, 2, 7, 50]) {
        const summary = await summaryOf(text, limit, { tokenizer });
        expect(tokenizer.count(summary)).toBeLessThanOrEqual(limit);
        if (limit >= 7 && /\S/u.test(text)) expect(summary, JSON.stringify(text)).not.toBe("");
      }
    }
  });

  it.skipIf(corpus.isAbsent)("are answered as bare prompts too", async () => {
    for (const prompt of corpus.naughtyStrings()) {
      const { usage } = await extractive().generate({ system: prompt, prompt, maxOutputTokens: 9 });
      expect(usage.outputTokens).toBeLessThanOrEqual(9);
    }
  });
});
