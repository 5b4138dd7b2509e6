import { sentenceSpans } from "@gro/summarizer";

/** A stretch of text that is chosen as a whole: a sentence, or a part of what has no sentence marks. */
export interface Piece {
  /** Without white space at its ends, and with single spaces inside. */
  readonly text: string;
  /** Whether a line begins with it. */
  readonly beginsLine: boolean;
  /** Whether it begins a paragraph: after a blank line, or a line where lines take the place of sentences. */
  readonly beginsParagraph: boolean;
}

/** No sentence that people write is longer, in UTF-16 units: it is a list, a table or a text without marks. */
const LONGEST_SENTENCE = 1_000;

/** The least length of a part that is cut off at a clause mark or space, in UTF-16 units. */
const LEAST_PART = 240;

/** Thai and its neighbours have no sentence marks; a space ends a phrase there. */
const PHRASE_SPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{16}/u;
const LEAST_PHRASE = 80;

const CLAUSE_END = /[,;:，、；：،؛]\s|[，、；：،؛]|\s/gu;

/** Parts of at least `least` units that end at a clause mark or space; one unbroken word stays whole. */
function cutAtClauses(text: string, least: number): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of text.matchAll(CLAUSE_END)) {
    const end = match.index + match[0].length;
    if (end - start < least) continue;
    parts.push(text.slice(start, end));
    start = end;
  }
  parts.push(text.slice(start));
  return parts;
}

/** A sentence as it is, or the lines and clauses of what is too long to be one. */
function cutSentence(sentence: string): { readonly lines: readonly (readonly string[])[] } {
  const isPhraseSpaced = PHRASE_SPACED.test(sentence.slice(0, LONGEST_SENTENCE));
  const longest = isPhraseSpaced ? 2 * LEAST_PHRASE : LONGEST_SENTENCE;
  if (sentence.length <= longest) return { lines: [[sentence]] };
  const least = isPhraseSpaced ? LEAST_PHRASE : LEAST_PART;
  const lines = sentence.split(/[\r\n\u2028\u2029]+/u);
  return { lines: lines.map((line) => (line.length <= longest ? [line] : cutAtClauses(line, least))) };
}

const BLANK_LINE = /\n[^\S\n]*\r?\n/;

/** The pieces of `text` in order. Takes time in proportion to the text. */
export function cutIntoPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let beginsLine = true;
  let beginsParagraph = true;
  for (const { start, end } of sentenceSpans(text)) {
    const sentence = text.slice(start, end);
    for (const line of cutSentence(sentence).lines) {
      for (const part of line) {
        const piece = part.trim().replace(/\s+/gu, " ");
        if (piece === "") continue;
        pieces.push({ text: piece, beginsLine, beginsParagraph });
        beginsLine = false;
        beginsParagraph = false;
      }
      beginsLine = true;
      beginsParagraph = true;
    }
    const gap = sentence.slice(sentence.trimEnd().length);
    beginsLine = gap.includes("\n");
    beginsParagraph = BLANK_LINE.test(gap);
  }
  return pieces;
}
