import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approximate, tiktoken } from "@gro/summarizer";
import * as corpus from "../../support/corpus.js";
import { anyText } from "../../support/generated-texts.js";
import { paragraphsByLanguage } from "../../support/paragraphs-by-language.js";

const estimate = approximate();
const tokenizer = tiktoken("o200k_base");

/** How far the estimate is off, as a share of the exact count. */
function errorOn(text: string): number {
  return estimate.count(text) / tokenizer.count(text) - 1;
}

describe("an estimate of tokens", () => {
  it.each(Object.entries(paragraphsByLanguage))("is within 25 percent in %s", (_, paragraph) => {
    expect(Math.abs(errorOn(paragraph))).toBeLessThanOrEqual(0.25);
  });

  it.skipIf(corpus.isAbsent).each([
    ["a novel", () => [corpus.warAndPeace()]],
    ["stories", () => corpus.squalityStories().map(({ text }) => text)],
    ["papers", () => corpus.sumpubmedPapers().map(({ text }) => text)],
    ["meetings", () => corpus.qmsumMeetings().map(({ text }) => text)],
    ["talks with doctors", () => corpus.aciBenchTalks().map(({ text }) => text)],
    ["Chinese meetings", () => corpus.vcsumMeetings().map(({ text }) => text)],
  ])(`is within 15 percent over real texts${corpus.note}: %s`, (_, read) => {
    expect(Math.abs(errorOn(read().join("\n")))).toBeLessThanOrEqual(0.15);
  });

  it.skipIf(corpus.isAbsent)(`is within 25% for every single English text${corpus.note}`, () => {
    const english = [...corpus.squalityStories(), ...corpus.qmsumMeetings(), ...corpus.aciBenchTalks()];
    for (const { name, text } of english) expect(Math.abs(errorOn(text)), name).toBeLessThanOrEqual(0.25);
  });

  it.each([
    [
      "program code",
      "export function add(one: number, other: number): number {\n  return one + other;\n}\n",
      0.35,
    ],
    ["figures", "1812 1914.25 77% 3,141,592 (12) 2026-11-20T10:31:07Z", 0.35],
    ["emoji", "😀🎉👍🏽👨‍👩‍👧‍👦🇩🇪❤️🔥✨", 0.35],
  ])("is of the right size for %s", (_, text, tolerance) => {
    expect(Math.abs(errorOn(text.repeat(20)))).toBeLessThanOrEqual(tolerance);
  });

  it("is 0 for nothing, a whole number of at least 1 for anything, and grows with the text", () => {
    expect(estimate.count("")).toBe(0);
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const both = estimate.count(one + other);
        expect(Number.isInteger(both)).toBe(true);
        if (one !== "") expect(estimate.count(one)).toBeGreaterThanOrEqual(1);
        expect(both).toBeGreaterThanOrEqual(estimate.count(one));
        expect(both).toBeLessThanOrEqual(estimate.count(one) + estimate.count(other));
      }),
      { numRuns: 300 },
    );
  });
});
