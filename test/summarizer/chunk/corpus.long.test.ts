import { describe, expect, it } from "vitest";
import { chunkText, tiktoken } from "@gro/summarizer";
import { averageFill, brokenChunkPromises } from "../../support/chunk-checks.js";
import * as corpus from "../../support/corpus.js";

const tokenizer = tiktoken("o200k_base");

const sources: [string, () => corpus.CorpusText[]][] = [
  ["War and Peace", () => [{ name: "war-and-peace", text: corpus.warAndPeace(), references: [] }]],
  ["English meetings", corpus.qmsumMeetings],
  ["stories", corpus.squalityStories],
  ["papers", corpus.sumpubmedPapers],
  ["Chinese meetings", corpus.vcsumMeetings],
  ["talks with doctors", corpus.aciBenchTalks],
];

const sizes = [
  { chunkSize: 64, chunkOverlap: 0 },
  { chunkSize: 300, chunkOverlap: 299 },
  { chunkSize: 2048, chunkOverlap: 200 },
  { chunkSize: 4096, chunkOverlap: 1024 },
];

describe.skipIf(corpus.isAbsent)(`chunks of real texts${corpus.note}`, () => {
  it.each(sources)("tile %s exactly and keep every size", (_, texts) => {
    for (const { name, text } of texts()) {
      for (const size of sizes) {
        const options = { ...size, tokenizer };
        expect(brokenChunkPromises(text, chunkText(text, options), options), name).toEqual([]);
      }
    }
  });

  it("keep even the smallest size", () => {
    const options = { chunkSize: 8, chunkOverlap: 7, tokenizer };
    const texts = sources.flatMap(([, read]) => read().map(({ text }) => text.slice(1000, 9000)));
    for (const text of texts.filter((_, index) => index % 5 === 0)) {
      expect(brokenChunkPromises(text, chunkText(text, options), options)).toEqual([]);
    }
  });

  it("keep every size on strings that break programs, one by one and all together", () => {
    const strings = corpus.naughtyStrings();
    for (const text of [...strings, strings.join(""), strings.join("\n"), strings.join("\r\n\r\n")]) {
      for (const chunkSize of [8, 9, 31, 200, 2048]) {
        for (const chunkOverlap of [0, 3, chunkSize - 1]) {
          const options = { chunkSize, chunkOverlap, tokenizer };
          expect(brokenChunkPromises(text, chunkText(text, options), options), text).toEqual([]);
        }
      }
    }
  });

  it("are the same every time, also with a tokenizer of its own", () => {
    for (const { text } of [...corpus.squalityStories().slice(0, 5), ...corpus.vcsumMeetings().slice(0, 5)]) {
      expect(chunkText(text, { tokenizer: tiktoken("o200k_base") })).toEqual(chunkText(text));
    }
  });

  it("are filled to three quarters and more on average", () => {
    const novel = corpus.warAndPeace();
    for (const chunkSize of [1024, 2048]) {
      expect(averageFill(chunkText(novel, { chunkSize, tokenizer }), chunkSize)).toBeGreaterThanOrEqual(0.75);
    }
  });
});
