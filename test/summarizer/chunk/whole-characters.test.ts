import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkText, tiktoken, type Chunk } from "@gro/summarizer";
import { anyText } from "../../support/generated-texts.js";

const tokenizer = tiktoken("o200k_base");
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const MOST_CODE_POINTS = 8;

interface Character {
  readonly start: number;
  readonly text: string;
}

/** Characters of few code points that have one of `offsets` inside them. */
function cutCharacters(text: string, offsets: ReadonlySet<number>): Character[] {
  const cut: Character[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    if (segment.length === 1 || Array.from(segment).length > MOST_CODE_POINTS) continue;
    for (let offset = index + 1; offset < index + segment.length; offset += 1) {
      if (offsets.has(offset)) cut.push({ start: index, text: segment });
    }
  }
  return cut;
}

/** A character has to be cut when it takes more tokens than a chunk, and begins one. */
function hadToBeCut(character: Character, chunks: readonly Chunk[], chunkSize: number): boolean {
  return tokenizer.count(character.text) > chunkSize && chunks.some(({ start }) => start === character.start);
}

describe("edges", () => {
  it("are never within a character that people see as one, if it can fit a chunk", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 120 }), (text, chunkSize) => {
        const chunks = chunkText(text, { chunkSize, tokenizer });
        const edges = new Set(chunks.map(({ end }) => end));
        const cut = cutCharacters(text, edges);
        expect(cut.filter((character) => !hadToBeCut(character, chunks, chunkSize))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it("leave the context before a chunk with whole characters too", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 32, max: 120 }), (text, chunkSize) => {
        const chunks = chunkText(text, { chunkSize, chunkOverlap: 20, tokenizer });
        expect(cutCharacters(text, new Set(chunks.map(({ contextStart }) => contextStart)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["a combining mark after a space", "word word word \u0301word \u0301word ", "\u0301"],
    ["a tone mark after a Chinese full stop", "中文。\ufe00中文。\ufe00", "\ufe00"],
    ["a joiner after a space", "one two \u200dthree ", "\u200d"],
    ["the line feed of a Windows line end", "one\r\ntwo\r\n\r\nthree\r\n", "\n"],
    ["a skin tone", "👍🏽 👍🏽👍🏽", "🏽"],
  ])("never part %s from what it belongs to", (_, unit, joined) => {
    const text = unit.repeat(200);
    for (const chunkSize of [16, 17, 18, 19, 20, 50]) {
      for (const { start, contextStart } of chunkText(text, { chunkSize, tokenizer })) {
        expect(text.startsWith(joined, start)).toBe(false);
        expect(text.startsWith(joined, contextStart)).toBe(false);
      }
    }
  });

  it.each([
    ["families", "👨‍👩‍👧‍👦"],
    ["flags", "🇩🇪"],
    ["letters with three marks", "e\u0301\u0302\u0303"],
    ["pairs", "😀"],
  ])("fall between characters in an endless row of %s", (_, character) => {
    const text = character.repeat(3000);
    for (const chunkSize of [16, 33, 500]) {
      for (const { end, contextStart } of chunkText(text, { chunkSize, chunkOverlap: 15, tokenizer })) {
        expect([end % character.length, contextStart % character.length]).toEqual([0, 0]);
      }
    }
  });
});
