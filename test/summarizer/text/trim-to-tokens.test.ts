import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approximate, sentenceSpans, tiktoken, trimToTokens, type Tokenizer } from "@gro/summarizer";
import { anyShortText, anyString } from "../../support/generated-texts.js";
import { prose } from "../../support/prose.js";
import { moreUnbrokenTexts, unbrokenTexts } from "../../support/unbroken-texts.js";

const tokenizer = tiktoken("o200k_base");
const everyText = fc.oneof(anyShortText, anyString);
const anyLimit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 800 }));
const tokenizers: [string, Tokenizer][] = [
  ["o200k_base", tokenizer],
  ["estimates", approximate()],
  ["one token a character", { id: "characters", count: (text) => text.length }],
];

describe("a trimmed text", () => {
  it.each(tokenizers)("never exceeds the limit, by %s", (_, counter) => {
    fc.assert(
      fc.property(everyText, anyLimit, (text, limit) => {
        expect(counter.count(trimToTokens(text, limit, counter))).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 500 },
    );
  });

  it("is a part of the text, and its beginning where anything of the beginning fits", () => {
    fc.assert(
      fc.property(everyText, anyLimit, (text, limit) => {
        const trimmed = trimToTokens(text, limit, tokenizer);
        expect(text).toContain(trimmed);
        const [first] = new Intl.Segmenter("en").segment(text.trim());
        if (first === undefined || tokenizer.count(first.segment) > limit) return;
        expect(text.trim().startsWith(trimmed)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("is empty only where no visible character fits", () => {
    fc.assert(
      fc.property(everyText, fc.integer({ min: 0, max: 4 }), (text, limit) => {
        if (trimToTokens(text, limit, tokenizer) !== "") return;
        const visible = Array.from(text).filter((character) => character.trim() !== "");
        for (const character of visible) expect(tokenizer.count(character)).toBeGreaterThan(limit);
      }),
      { numRuns: 1000 },
    );
  });

  it("does not change when it is trimmed again", () => {
    fc.assert(
      fc.property(everyText, anyLimit, (text, limit) => {
        const once = trimToTokens(text, limit, tokenizer);
        expect(trimToTokens(once, limit, tokenizer)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it("is the whole text, without white space around it, where that fits", () => {
    fc.assert(
      fc.property(everyText, (text) => {
        const limit = tokenizer.count(text.trim());
        expect(trimToTokens(` \n${text}\t `, limit, tokenizer)).toBe(text.trim());
      }),
    );
  });

  it("never ends or begins within a surrogate pair", () => {
    const sound = everyText.filter((text) => !/\p{Surrogate}/u.test(text));
    fc.assert(
      fc.property(sound, anyLimit, (text, limit) => {
        expect(trimToTokens(text, limit, tokenizer)).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: 500 },
    );
  });

  it("ends with a sentence wherever whole sentences fill a third of the limit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 400 }), (seed, limit) => {
        const text = prose(300, seed);
        const beginnings = sentenceSpans(text).map(({ end }) => text.slice(0, end).trimEnd());
        const longest = beginnings.filter((beginning) => tokenizer.count(beginning) <= limit).at(-1) ?? "";
        const trimmed = trimToTokens(text, limit, tokenizer);
        if (tokenizer.count(longest) >= limit / 3) expect(trimmed).toBe(longest);
        else expect(trimmed.length).toBeGreaterThanOrEqual(longest.length);
      }),
      { numRuns: 300 },
    );
  });

  it("ends with a sentence in any language", () => {
    fc.assert(
      fc.property(anyShortText, fc.integer({ min: 5, max: 300 }), (text, limit) => {
        const whole = text.trim();
        const beginnings = sentenceSpans(whole).map(({ end }) => whole.slice(0, end).trimEnd());
        const fitting = beginnings.filter((beginning) => tokenizer.count(beginning) <= limit);
        const filled = Math.max(0, ...fitting.map((beginning) => tokenizer.count(beginning)));
        if (filled >= limit / 3) expect(fitting).toContain(trimToTokens(text, limit, tokenizer));
      }),
      { numRuns: 500 },
    );
  });

  it("fills most of the limit where no sentence ends in time", () => {
    const words = "word ".repeat(1000);
    for (const limit of [1, 2, 10, 100, 500])
      expect(trimToTokens(words, limit, tokenizer)).toBe("word ".repeat(limit).trim());
    const letters = "a".repeat(10_000);
    for (const limit of [1, 2, 10, 100, 500]) {
      expect(tokenizer.count(trimToTokens(letters, limit, tokenizer))).toBeGreaterThanOrEqual(limit * 0.9);
    }
  });

  it.each([
    ["🇩🇪", 9],
    ["👨‍👩‍👧‍👦", 30],
    ["e\u0301\u0302", 7],
    ["😀", 5],
  ])("keeps characters whole in a row of %s", (character, limit) => {
    const trimmed = trimToTokens(character.repeat(500), limit, tokenizer);
    expect(trimmed.length).toBeGreaterThan(0);
    expect(trimmed.length % character.length).toBe(0);
  });

  it("takes what fits from further on when the beginning is too large", () => {
    expect(trimToTokens("🏴󠁧󠁢󠁥󠁮󠁧󠁿 yes", 1, tokenizer)).toBe("yes");
    expect(trimToTokens("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 0, tokenizer)).toBe("");
  });

  it.each([...unbrokenTexts(100_000), ...moreUnbrokenTexts(100_000)])("is found soon: %s", (_, text) => {
    const startedAt = performance.now();
    for (const limit of [1, 3, 50, 4000]) {
      expect(tokenizer.count(trimToTokens(text, limit, tokenizer))).toBeLessThanOrEqual(limit);
    }
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
