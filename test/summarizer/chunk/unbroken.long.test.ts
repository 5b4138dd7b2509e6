import { describe, expect, it } from "vitest";
import { chunkText, tiktoken } from "@gro/summarizer";
import { brokenChunkPromises } from "../../support/chunk-checks.js";
import { moreUnbrokenTexts, unbrokenTexts } from "../../support/unbroken-texts.js";

const tokenizer = tiktoken("o200k_base");

describe("a text without a place to pause", () => {
  it.each([
    ...unbrokenTexts(1_000_000),
    ...moreUnbrokenTexts(100_000),
    ["100,000 newlines", `a${"\n".repeat(100_000)}b`] as const,
  ])("is cut in bounded time: %s", (_, text) => {
    const options = { chunkSize: 2048, chunkOverlap: 200, tokenizer };
    const startedAt = performance.now();
    const chunks = chunkText(text, options);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(brokenChunkPromises(text, chunks, options)).toEqual([]);
  });

  it.each([...unbrokenTexts(20_000), ...moreUnbrokenTexts(20_000)])(
    "is cut to chunks of any size: %s",
    (_, text) => {
      for (const sizes of [
        { chunkSize: 8, chunkOverlap: 7 },
        { chunkSize: 9, chunkOverlap: 0 },
        { chunkSize: 100, chunkOverlap: 99 },
        { chunkSize: 4096, chunkOverlap: 500 },
      ]) {
        const options = { ...sizes, tokenizer };
        expect(brokenChunkPromises(text, chunkText(text, options), options)).toEqual([]);
      }
    },
  );

  it("costs time in proportion to its length", () => {
    const text = (length: number) => `${"a".repeat(length)} ${"\n".repeat(length)}${"中".repeat(length)}`;
    const timeOf = (content: string) => {
      const startedAt = performance.now();
      chunkText(content, { tokenizer });
      return performance.now() - startedAt;
    };
    timeOf(text(20_000));
    const once = Math.min(timeOf(text(40_000)), timeOf(text(40_000)));
    const tenTimes = timeOf(text(400_000));
    // Ten times by rights; a hundred if it were quadratic.
    expect(tenTimes).toBeLessThan(40 * once + 500);
  });
});
