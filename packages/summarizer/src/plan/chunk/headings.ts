/** The longest heading that is recognised, in UTF-16 units. */
const LONGEST_HEADING = 96;

const MARKED = /^ {0,3}#{1,6}[^\S\n]/;
/** A heading in Markdown by the line of signs below it. */
const UNDERLINED = /^[^\n]{1,72}\n(?:={2,}|-{3,})[^\S\n]*(?:\n|$)/;
/** A line of capitals, as in scripts and old books. */
const CAPITALS_ONLY = /^[^\p{Ll}\n]*\p{Lu}{3}[^\p{Ll}\n]{0,70}\r?(?:\n|$)/u;
/** A numbered part of a book or a law. */
const NUMBERED_PART =
  /^[^\S\n]*(?:(?:chapter|part|section|book|volume|act|scene|article|appendix)\s+[\divxlc]+\b|第[一二三四五六七八九十百千\d]+[章节回部])/iu;

/**
 * Whether the line that begins at `offset` is a heading. Without a blank line before it only a heading that
 * is marked as such counts: "part 3" may begin any line of a paragraph.
 */
export function isHeading(text: string, offset: number, isAfterBlankLine: boolean): boolean {
  const line = text.slice(offset, offset + LONGEST_HEADING);
  if (MARKED.test(line)) return true;
  return isAfterBlankLine && (CAPITALS_ONLY.test(line) || NUMBERED_PART.test(line) || UNDERLINED.test(line));
}

/** Whether the last line before `offset` that is not blank is a heading: an edge here would leave it alone. */
export function followsHeading(text: string, offset: number): boolean {
  const before = text.slice(Math.max(0, offset - LONGEST_HEADING), offset).trimEnd();
  const lineStart = before.lastIndexOf("\n") + 1;
  return lineStart > 0 && isHeading(before, lineStart, true);
}
