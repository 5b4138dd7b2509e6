import { describe, expect, it } from "vitest";
import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../../support/corpus.js";

const tokenizer = tiktoken("o200k_base");
const PLACES = 24;
const PARAGRAPH =
  "Nobody had expected the ferry that evening. It came all the same, and with it a letter.\r\n\r\n";

/** What a model would see of every chunk: its context and its span. */
function chunksOf(text: string): string[] {
  return chunkText(text, { tokenizer }).map(
    ({ contextStart, start, end }) => `${text.slice(contextStart, start)}\0${text.slice(start, end)}`,
  );
}

/** How many chunks of `after` are new, between those that both begin with and those that both end with. */
function countChanged(before: readonly string[], after: readonly string[]): number {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same += 1;
  let sameAtEnd = 0;
  while (sameAtEnd < shorter - same && before.at(-1 - sameAtEnd) === after.at(-1 - sameAtEnd)) sameAtEnd += 1;
  return after.length - same - sameAtEnd;
}

type Edit = (text: string, start: number, end: number) => string;
const insert: Edit = (text, start) => text.slice(0, start) + PARAGRAPH + text.slice(start);
const remove: Edit = (text, start, end) => text.slice(0, start) + text.slice(end);
const change: Edit = (text, start, end) => text.slice(0, start) + PARAGRAPH + text.slice(end);
const edits = [insert, remove, change];

describe.skipIf(corpus.isAbsent)(`an edit${corpus.note}`, () => {
  const novel = corpus.isAbsent ? "" : corpus.warAndPeace();
  const starts = Array.from(novel.matchAll(/\r\n\r\n/g), ({ index }) => index + 4);
  const chunks = chunksOf(novel);

  it("changes the chunks nearby and no others, at any place of a novel", () => {
    const changes: number[] = [];
    for (let place = 0; place < PLACES; place += 1) {
      const paragraph = Math.floor(((place + 0.5) / PLACES) * starts.length);
      const edit = edits[place % edits.length] ?? insert;
      const edited = edit(novel, starts[paragraph] ?? 0, starts[paragraph + 1] ?? novel.length);
      changes.push(countChanged(chunks, chunksOf(edited)));
    }
    const average = changes.reduce((sum, changed) => sum + changed, 0) / PLACES;
    expect(average, changes.join(" ")).toBeLessThanOrEqual(2.5);
    expect(Math.max(...changes), changes.join(" ")).toBeLessThanOrEqual(6);
    expect(Math.min(...changes), changes.join(" ")).toBeGreaterThanOrEqual(1);
  });

  it("at the very beginning or end changes only the chunks there", () => {
    expect(countChanged(chunks, chunksOf(PARAGRAPH + novel))).toBeLessThanOrEqual(3);
    expect(countChanged(chunks, chunksOf(novel + PARAGRAPH))).toBeLessThanOrEqual(2);
  });
});
