import { describe, expect, it } from "vitest";
import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../../support/corpus.js";
import { prose } from "../../support/prose.js";

const tokenizer = tiktoken("o200k_base");

/** Sections of at most 400 tokens: with chunks of 1000 every edge has one in reach, often two. */
function document(headings: (section: number) => string, lineEnd = "\n"): string {
  const sections = Array.from({ length: 40 }, (_, index) => headings(index + 1) + prose(170, index + 1));
  return sections.join("\n\n").replaceAll("\n", lineEnd);
}

const roman = (number: number) =>
  "X".repeat(Math.floor(number / 10)) +
  (["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][number % 10] ?? "");

const kinds: [string, (section: number) => string, RegExp][] = [
  ["# Markdown", (section) => `# The weir, part ${section}\n\n`, /^# /],
  ["### deeper Markdown", (section) => `### Accounts of ${1900 + section}\n\n`, /^### /],
  ["Markdown right above the text", (section) => `## Entry ${section}\n`, /^## /],
  ["underlined Markdown", (section) => `Entry ${section}\n=======\n\n`, /^Entry \d+\r?\n=/],
  ["CHAPTER with a Roman number", (section) => `CHAPTER ${roman(section)}\n\n`, /^CHAPTER /],
  ["Chapter in small letters, indented", (section) => `      Chapter ${section}.\n\n`, /^ *Chapter /],
  ["a line of capitals", (section) => `THE LEDGER OF THE HARBOUR (${section})\n\n`, /^THE LEDGER/],
  ["Section and article", (section) => `Article ${section}\n\n`, /^Article /],
  ["Chinese chapters", (section) => `第${section}章 渡船\n\n`, /^第\d+章/],
];

describe("headings in reach", () => {
  it.each(kinds)("are where chunks begin: %s", (_, makeHeading, pattern) => {
    for (const lineEnd of ["\n", "\r\n"]) {
      const text = document(makeHeading, lineEnd);
      const starts = chunkText(text, { chunkSize: 1000, tokenizer }).map(({ start }) => start);
      expect(starts.length).toBeGreaterThan(10);
      for (const start of starts) expect(text.slice(start, start + 60)).toMatch(pattern);
    }
  });

  it("without a blank line before them count in Markdown only", () => {
    const lines = (marked: string) =>
      Array.from({ length: 60 }, (_, index) => `${marked}${index}\n${prose(80, index + 1)}`).join("\n");
    const marked = lines("## Entry ");
    for (const { start } of chunkText(marked, { chunkSize: 1000, tokenizer })) {
      expect(marked.slice(start)).toMatch(/^## Entry/);
    }
    // "part 3" may begin any line of a paragraph, and "#3" or "#harbour" is no heading.
    for (const words of ["part ", "#"]) {
      const text = lines(words);
      const starts = chunkText(text, { chunkSize: 1000, tokenizer }).slice(1);
      const before = starts.map(({ start }) => text.slice(start - 3, start));
      expect(before.every((end) => /\.\s+$/.test(end))).toBe(true);
    }
  });

  it("stay with the text below them", () => {
    const text = Array.from(
      { length: 60 },
      (_, index) => `Part ${index}\n\n${prose(20, index)}\n\n${prose(40, index + 100)}`,
    ).join("\n\n");
    for (const { start, end } of chunkText(text, { chunkSize: 300, tokenizer })) {
      expect(text.slice(start, end).trimEnd()).not.toMatch(/\nPart \d+$/);
    }
  });

  it.skipIf(corpus.isAbsent)(`are taken in a novel${corpus.note}`, () => {
    const novel = corpus.warAndPeace();
    const headings = Array.from(novel.matchAll(/^CHAPTER [IVXLC]+\r?$/gm), ({ index }) => index);
    const chunks = chunkText(novel, { chunkSize: 2048, tokenizer }).slice(0, -1);
    const withHeading = chunks.filter(({ start, end }) =>
      headings.some((at) => at > start && at <= end && tokenizer.count(novel.slice(start, at)) > 1100),
    );
    expect(withHeading.length).toBeGreaterThan(100);
    for (const { end } of withHeading) {
      expect(novel.slice(end, end + 20)).toMatch(/^(?:CHAPTER|BOOK|FIRST EPILOGUE|SECOND EPILOGUE)/);
    }
  });
});
