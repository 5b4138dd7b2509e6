import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approximate, chunkText, tiktoken, TokenizerFailedError, type Tokenizer } from "@gro/summarizer";
import { brokenChunkPromises } from "../../support/chunk-checks.js";
import { anyText } from "../../support/generated-texts.js";

const tokenizer = tiktoken("o200k_base");

const anySizes = fc
  .tuple(fc.oneof(fc.integer({ min: 8, max: 64 }), fc.integer({ min: 8, max: 4096 })), fc.nat(4095))
  .map(([chunkSize, overlap]) => ({ chunkSize, chunkOverlap: overlap % chunkSize }));

/** Counts that no encoding has: they jump up and down as the text grows. */
const moodyTokenizer: Tokenizer = {
  id: "moody",
  count(text) {
    let hash = text.length;
    for (let index = 0; index < text.length; index += 7) hash = (hash * 31 + text.charCodeAt(index)) % 1009;
    return Math.ceil(text.length / 4) + (hash % 7);
  },
};

describe("chunks of generated texts", () => {
  it("tile the text and keep every size, whatever the text and the sizes", () => {
    fc.assert(
      fc.property(anyText, anySizes, (text, sizes) => {
        const options = { ...sizes, tokenizer };
        expect(brokenChunkPromises(text, chunkText(text, options), options)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("are the same every time", () => {
    fc.assert(
      fc.property(anyText, anySizes, (text, sizes) => {
        const options = { ...sizes, tokenizer };
        expect(chunkText(text, options)).toEqual(chunkText(text, options));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["another encoding", tiktoken("cl100k_base")],
    ["estimates", approximate()],
    ["one token a character", { id: "characters", count: (text: string) => text.length }],
    ["counts of words only", { id: "words", count: (text: string) => text.match(/\S+/gu)?.length ?? 0 }],
  ])("keep every size by the caller's tokenizer: %s", (_, other) => {
    fc.assert(
      fc.property(anyText, anySizes, (text, sizes) => {
        const options = { ...sizes, tokenizer: other };
        expect(brokenChunkPromises(text, chunkText(text, options), options)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("keep every size or end in a clear error with a tokenizer whose counts make no sense", () => {
    fc.assert(
      fc.property(anyText, anySizes, (text, sizes) => {
        const options = { ...sizes, tokenizer: moodyTokenizer };
        try {
          expect(brokenChunkPromises(text, chunkText(text, options), options)).toEqual([]);
        } catch (error) {
          if (!(error instanceof TokenizerFailedError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });

  it("of an empty text are none", () => {
    expect(chunkText("")).toEqual([]);
  });

  it("of a text that fits are one", () => {
    expect(chunkText("Two words.")).toEqual([{ start: 0, end: 10, tokens: 3, contextStart: 0 }]);
  });
});
