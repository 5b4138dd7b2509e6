import * as cl100kBase from "gpt-tokenizer/encoding/cl100k_base";
import * as o200kBase from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";
import { seededRandom } from "../../support/prose.js";
import { moreUnbrokenTexts, unbrokenTexts } from "../../support/unbroken-texts.js";

const asPlainText = { disallowedSpecial: new Set<string>() };

describe.each([
  ["o200k_base", o200kBase],
  ["cl100k_base", cl100kBase],
] as const)("unbroken runs by tiktoken(%j)", (name, reference) => {
  const tokenizer = tiktoken(name);
  const random = seededRandom(7);
  const long = [
    ...unbrokenTexts(10_000),
    ...moreUnbrokenTexts(10_000),
    ["capitals", "A".repeat(10_000)],
    [
      "capitals and small letters",
      Array.from({ length: 10_000 }, () => (random() < 0.5 ? "q" : "Z")).join(""),
    ],
    ["a German word", "Donaudampfschifffahrtsgesellschaft".repeat(300)],
    ["a gene", Array.from({ length: 10_000 }, () => "ACGT".charAt(random() * 4)).join("")],
  ] as const;

  it.each(long)("are counted exactly: %s", (_, text) => {
    expect(tokenizer.count(text)).toBe(reference.countTokens(text, asPlainText));
  });

  it.each([...unbrokenTexts(1_000_000), ...moreUnbrokenTexts(1_000_000)])(
    "of a megabyte are counted in bounded time: %s",
    (_, text) => {
      const startedAt = performance.now();
      expect(tokenizer.count(text)).toBeGreaterThan(0);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    },
  );

  it("do not disturb what stands around them", () => {
    const text = `The ferry came. ${"a".repeat(10_000)} Nobody waited.`;
    const parts = ["The ferry came.", ` ${"a".repeat(10_000)}`, " Nobody waited."];
    expect(tokenizer.count(text)).toBe(parts.reduce((sum, part) => sum + tokenizer.count(part), 0));
  });
});
