import { sentenceEnds } from "../text/sentences.js";

/** Text around a range that is read to recognise a boundary inside it, in UTF-16 units. */
const SURROUNDINGS = 96;

/** One or more blank lines; the next line's indentation stays with it. */
const BLANK_LINES = /\n(?:[^\S\n]*\n)+/g;
const LINE_BREAK = /\n(?=[^\n])/g;
const WORD_START = /\s(?=\S)/gu;

/** A line of capitals, as in scripts and old books. */
const CAPITALS_ONLY = /^[^\p{Ll}\n]*\p{Lu}{3}[^\p{Ll}\n]{0,70}\r?(?:\n|$)/u;
/** A Markdown heading, or a numbered part of a book or a law. */
const NAMED_HEADING =
  /^(?:#{1,6}\s|(?:chapter|part|section|book|volume|act|scene|article|appendix)\s+[\divxlc]+\b|第[一二三四五六七八九十百千\d]+[章节回部])/iu;

function isHeading(line: string): boolean {
  return NAMED_HEADING.test(line) || CAPITALS_ONLY.test(line);
}

function matchEnds(text: string, pattern: RegExp): number[] {
  const ends: number[] = [];
  for (const match of text.matchAll(pattern)) ends.push(match.index + match[0].length);
  return ends;
}

/**
 * The offsets in `(low, high]` of the strongest kind of boundary that occurs there, ascending, or an
 * empty list when the range is one unbroken word. What is found depends only on the text around the range.
 */
export function strongestBoundaries(text: string, low: number, high: number): number[] {
  const origin = Math.max(0, low - SURROUNDINGS);
  const surroundings = text.slice(origin, high + SURROUNDINGS);
  const inRange = (offsets: readonly number[]) =>
    offsets.map((offset) => origin + offset).filter((offset) => offset > low && offset <= high);

  const paragraphs = inRange(matchEnds(surroundings, BLANK_LINES));
  const headings = paragraphs.filter((offset) => isHeading(text.slice(offset, offset + SURROUNDINGS)));
  if (headings.length > 0) return headings;
  if (paragraphs.length > 0) return paragraphs;

  const sentences = inRange(sentenceEnds(surroundings));
  const atLineEnd = sentences.filter((offset) => /\n\s*$/.test(text.slice(Math.max(0, offset - 8), offset)));
  if (atLineEnd.length > 0) return atLineEnd;
  if (sentences.length > 0) return sentences;

  const lines = inRange(matchEnds(surroundings, LINE_BREAK));
  if (lines.length > 0) return lines;
  return inRange(matchEnds(surroundings, WORD_START));
}
