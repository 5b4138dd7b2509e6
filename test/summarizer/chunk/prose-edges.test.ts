import { describe, expect, it } from "vitest";
import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../../support/corpus.js";

const tokenizer = tiktoken("o200k_base");

/** Whether a reader would pause at `edge`: a blank line stands there, or a sentence ends. */
function isAtPause(text: string, edge: number): boolean {
  const before = text.slice(Math.max(0, edge - 200), edge);
  const after = text.slice(edge, edge + 200);
  const gap = before.slice(before.trimEnd().length) + after.slice(0, after.length - after.trimStart().length);
  if (/\n[^\S\n]*\n/.test(gap)) return true;
  return /(?:[.!?…]["'”’)\]*_]*\s+|[。！？…]["'”’」』）】]*\s*)$/u.test(before);
}

/** The share of edges at a pause, and some that are not, to be read when a test fails. */
function judgeEdges(texts: readonly corpus.CorpusText[], chunkSize: number) {
  let edges = 0;
  const misplaced: string[] = [];
  for (const { text } of texts) {
    for (const { end } of chunkText(text, { chunkSize, tokenizer }).slice(0, -1)) {
      edges += 1;
      if (!isAtPause(text, end)) misplaced.push(`${text.slice(end - 50, end)}|${text.slice(end, end + 30)}`);
    }
  }
  return { edges, share: 1 - misplaced.length / edges, misplaced: misplaced.slice(0, 5) };
}

const proseSources: [string, () => corpus.CorpusText[]][] = [
  ["a novel", () => [{ name: "war-and-peace", text: corpus.warAndPeace(), references: [] }]],
  ["stories", corpus.squalityStories],
  ["papers without capitals", corpus.sumpubmedPapers],
  ["transcripts of meetings", corpus.qmsumMeetings],
  ["Chinese transcripts", corpus.vcsumMeetings],
];

describe.skipIf(corpus.isAbsent)(`edges in prose${corpus.note}`, () => {
  it.each(proseSources)("are at the end of a paragraph or sentence in 99 of 100 cases: %s", (_, read) => {
    for (const chunkSize of [1024, 2048]) {
      const judged = judgeEdges(read(), chunkSize);
      expect(judged.edges).toBeGreaterThan(20);
      expect(judged.share, judged.misplaced.join("\n")).toBeGreaterThanOrEqual(0.99);
    }
  });

  it("are there with small chunks too", () => {
    for (const read of [proseSources[0]?.[1], proseSources[1]?.[1]]) {
      const judged = judgeEdges(read?.() ?? [], 300);
      expect(judged.share, judged.misplaced.join("\n")).toBeGreaterThanOrEqual(0.99);
    }
  });
});
