import fc from "fast-check";
import { getEncoding } from "js-tiktoken";
import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";
import { certainEnds } from "../../../packages/summarizer/src/tokens/slices.js";
import { seededRandom } from "../../support/prose.js";

/** What pieces are made of, and what they end at. */
const bits = [
  ...["a", "Bc", "DEF", "é", "e\u0301", "\u0301", "中", "שלום", "ǅ", "ﬀ", "ſ", "1", "234", "٣", "½"],
  ...[" ", "  ", "\t", "\n", "\n\n", "\r\n", "\u00a0", "\u2028", "\u0085"],
  ...["'", "’", "'s", "'LL", "/", "//", ".", "}", "-", "_", "👍🏽", "🇩🇪", "\u200d", "\ud83d", "\ude00"],
];
const mixed = fc
  .array(fc.constantFrom(...bits), { minLength: 1, maxLength: 24 })
  .map((parts) => parts.join(""));

describe.each(["o200k_base", "cl100k_base", "p50k_base", "r50k_base"] as const)("%s", (name) => {
  const reference = getEncoding(name);
  const tokens = (text: string) => reference.encode(text, [], []);

  it("has no piece that goes on behind a certain end", () => {
    let ends = 0;
    fc.assert(
      fc.property(mixed, (text) => {
        const whole = tokens(text);
        for (const end of certainEnds(text, 0, text.length - 1)) {
          ends += 1;
          expect([...tokens(text.slice(0, end)), ...tokens(text.slice(end))]).toEqual(whole);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(ends).toBeGreaterThan(1_000);
  });
});

/** Texts of short pieces that are longer than a slice. */
const texts: readonly (readonly [string, (random: () => number) => string])[] = [
  [
    "minified JSON",
    (random) => `{"id":${Math.floor(random() * 1e6)},"ok":true,"v":"${random().toString(36)}"},`,
  ],
  ["numbers", (random) => `${Math.floor(random() * 1e5)},${Math.floor(random() * 10)}\n`],
  ["a word a line", (random) => `${["alpha", "beta", "Gamma", "dont"][Math.floor(random() * 4)] ?? ""}\n`],
  ["closing braces", (random) => `${" ".repeat(Math.floor(random() * 12))}}\n`],
  ["indented markup", (random) => `\n${"\t".repeat(Math.floor(random() * 9))}</div>`],
  ["Chinese without spaces", (random) => `${String.fromCharCode(0x4e00 + Math.floor(random() * 3_000))}，`],
  ["dashes and CRLF", (random) => `${["1", "2)", "--", ""][Math.floor(random() * 4)] ?? ""}\r\n`],
  ["emoji", (random) => `${["👍🏽", "🇩🇪", "a\u0301", "x"][Math.floor(random() * 4)] ?? ""}.`],
];

describe("texts of several slices", () => {
  const tokenizer = tiktoken("o200k_base");
  const reference = getEncoding("o200k_base");

  it.each(texts)("are counted as js-tiktoken counts them: %s", (_, part) => {
    const random = seededRandom(7);
    for (const length of [32_768, 33_000, 100_000]) {
      let text = "";
      while (text.length < length) text += part(random);
      expect(tokenizer.count(text)).toBe(reference.encode(text, [], []).length);
    }
  });
});
