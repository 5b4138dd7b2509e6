import type { InParts } from "../in-parts.js";
import { beginsCharacter } from "../text/graphemes.js";
import { findSentenceEnds } from "../text/sentences.js";
import { followsHeading, isHeading } from "./headings.js";

/** Text around a range that is read to recognise a boundary inside it, in UTF-16 units. */
const SURROUNDINGS = 96;

/** One or more blank lines; the next line's indentation stays with it. */
const BLANK_LINES = /\n(?:[^\S\n]*\n)+/g;
const LINE_BREAK = /\n(?=[^\n])/g;
const WORD_START = /\s(?=\S)/gu;

const ENDS_LINE = /\n\s*$/;
const ENDS_LINE_WITH_TERMINAL = /[\p{Sentence_Terminal}…]\p{P}*[^\S\n]*\n\s*$/u;

/** A chunk may be 200,000 units long and have as many boundaries, as a run of blank lines has; so many are looked at between two pauses. */
const OFFSETS_IN_A_PART = 512;

function* matchEnds(text: string, pattern: RegExp): InParts<number[]> {
  const ends: number[] = [];
  for (const match of text.matchAll(pattern)) {
    ends.push(match.index + match[0].length);
    if (ends.length % OFFSETS_IN_A_PART === 0) yield;
  }
  yield;
  return ends;
}

/** Those of `offsets` that pass. */
function* select(offsets: readonly number[], passes: (offset: number) => boolean): InParts<number[]> {
  const selected: number[] = [];
  for (const [index, offset] of offsets.entries()) {
    if (passes(offset)) selected.push(offset);
    if (index % OFFSETS_IN_A_PART === OFFSETS_IN_A_PART - 1) yield;
  }
  return selected;
}

/** Those of `offsets` that are `better`, or all where none is. */
function* prefer(
  offsets: readonly number[],
  better: (offset: number) => boolean,
): InParts<readonly number[]> {
  const preferred = yield* select(offsets, better);
  return preferred.length > 0 ? preferred : offsets;
}

/**
 * The offsets in `(low, high]` of the strongest kind of boundary that occurs there, ascending, or an
 * empty list when the range is one unbroken word. What is found depends only on the text around the range.
 */
export function* strongestBoundaries(text: string, low: number, high: number): InParts<readonly number[]> {
  const origin = Math.max(0, low - SURROUNDINGS);
  const surroundings = text.slice(origin, high + SURROUNDINGS);
  const inRange = (ends: readonly number[]) =>
    select(
      ends.map((end) => origin + end),
      (offset) => offset > low && offset <= high && beginsCharacter(text, offset),
    );
  const isAfter = (pattern: RegExp) => (offset: number) =>
    pattern.test(text.slice(Math.max(0, offset - 24), offset));
  const keepsHeading = (offset: number) => !followsHeading(text, offset);

  const paragraphs = yield* inRange(yield* matchEnds(surroundings, BLANK_LINES));
  const lines = yield* inRange(yield* matchEnds(surroundings, LINE_BREAK));
  const afterBlankLine = new Set(paragraphs);
  const headings = yield* select(lines, (offset) => isHeading(text, offset, afterBlankLine.has(offset)));
  if (headings.length > 0) return yield* prefer(headings, keepsHeading);
  if (paragraphs.length > 0) return yield* prefer(paragraphs, keepsHeading);

  const sentences = yield* inRange(yield* findSentenceEnds(surroundings));
  if (sentences.length > 0) {
    const endingLines = yield* prefer(sentences, isAfter(ENDS_LINE));
    return yield* prefer(endingLines, isAfter(ENDS_LINE_WITH_TERMINAL));
  }
  return lines.length > 0 ? lines : yield* inRange(yield* matchEnds(surroundings, WORD_START));
}
