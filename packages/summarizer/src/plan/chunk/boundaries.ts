import { beginsCharacter } from "../text/graphemes.js";
import { sentenceEnds } from "../text/sentences.js";
import { followsHeading, isHeading } from "./headings.js";

/** Text around a range that is read to recognise a boundary inside it, in UTF-16 units. */
const SURROUNDINGS = 96;

/** One or more blank lines; the next line's indentation stays with it. */
const BLANK_LINES = /\n(?:[^\S\n]*\n)+/g;
const LINE_BREAK = /\n(?=[^\n])/g;
const WORD_START = /\s(?=\S)/gu;

const ENDS_LINE = /\n\s*$/;
const ENDS_LINE_WITH_TERMINAL = /[\p{Sentence_Terminal}…]\p{P}*[^\S\n]*\n\s*$/u;

function matchEnds(text: string, pattern: RegExp): number[] {
  const ends: number[] = [];
  for (const match of text.matchAll(pattern)) ends.push(match.index + match[0].length);
  return ends;
}

/** Those of `offsets` that are `better`, or all where none is. */
function prefer(offsets: readonly number[], better: (offset: number) => boolean): readonly number[] {
  const preferred = offsets.filter(better);
  return preferred.length > 0 ? preferred : offsets;
}

/**
 * The offsets in `(low, high]` of the strongest kind of boundary that occurs there, ascending, or an
 * empty list when the range is one unbroken word. What is found depends only on the text around the range.
 */
export function strongestBoundaries(text: string, low: number, high: number): readonly number[] {
  const origin = Math.max(0, low - SURROUNDINGS);
  const surroundings = text.slice(origin, high + SURROUNDINGS);
  const inRange = (offsets: readonly number[]) =>
    offsets
      .map((offset) => origin + offset)
      .filter((offset) => offset > low && offset <= high && beginsCharacter(text, offset));
  const isAfter = (pattern: RegExp) => (offset: number) =>
    pattern.test(text.slice(Math.max(0, offset - 24), offset));
  const keepsHeading = (offset: number) => !followsHeading(text, offset);

  const paragraphs = inRange(matchEnds(surroundings, BLANK_LINES));
  const lines = inRange(matchEnds(surroundings, LINE_BREAK));
  const afterBlankLine = new Set(paragraphs);
  const headings = lines.filter((offset) => isHeading(text, offset, afterBlankLine.has(offset)));
  if (headings.length > 0) return prefer(headings, keepsHeading);
  if (paragraphs.length > 0) return prefer(paragraphs, keepsHeading);

  const sentences = inRange(sentenceEnds(surroundings));
  if (sentences.length > 0) {
    return prefer(prefer(sentences, isAfter(ENDS_LINE)), isAfter(ENDS_LINE_WITH_TERMINAL));
  }
  return lines.length > 0 ? lines : inRange(matchEnds(surroundings, WORD_START));
}
