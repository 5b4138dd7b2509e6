/** A part of a text, as UTF-16 offsets: `text.slice(start, end)`. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a sentence may end: a run of sentence terminals of any script, then closing quotes and
 * brackets, then the white space that separates it from the next sentence.
 */
const CANDIDATE = /([\p{Sentence_Terminal}…]+)(["'”’»›)\]}」』）】〉》*_]*)(\s*)/gu;

/** A blank line ends a sentence whatever stands before it: headings and list items have no full stop. */
const BLANK_LINE = /\r?\n[^\S\n]*\r?\n\s*/g;

/** Scripts that put no space between sentences close one without white space. */
const CLOSES_WITHOUT_SPACE = /[。！？｡．।॥]$/u;

/** Words that end in a full stop within a sentence. */
const ABBREVIATIONS = new Set(
  (
    "mr mrs ms dr prof st sr jr gen col capt lt sgt maj cmdr adm gov sen rep hon rev fr " +
    "etc vs cf viz al ca approx dept est fig figs eq eqs ref refs sec ch vol vols no nos pp ed eds " +
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun " +
    "inc ltd co corp bros univ ave blvd rd mt ft e.g i.e a.m p.m u.s u.k u.n"
  ).split(" "),
);

const WORD_BEFORE = /([\p{L}\p{N}.]+)\.$/u;
const LOWER_CASE_AHEAD = /^["'“‘«(\[]*\p{Ll}/u;

/** How far back a word that could be an abbreviation is looked for, in UTF-16 units. */
const LOOK_BEHIND = 24;

function isWithinSentence(text: string, terminalStart: number, terminal: string, next: number): boolean {
  const ahead = text.slice(next, next + 4);
  // "Stop!" he said. — a small letter never begins a sentence.
  if (LOWER_CASE_AHEAD.test(ahead)) return true;
  if (terminal !== ".") return false;
  const word = WORD_BEFORE.exec(text.slice(Math.max(0, terminalStart - LOOK_BEHIND), terminalStart + 1))?.[1];
  if (word === undefined) return false;
  // An initial, as in "J. R. Smith"; "I." is more often the end of a sentence.
  if (/^\p{Lu}$/u.test(word) && word !== "I") return true;
  return ABBREVIATIONS.has(word.toLowerCase());
}

/**
 * The offsets at which a sentence ends and the next one may begin, ascending, each after the
 * white space that follows the sentence. Offsets at the very end of `text` are not reported.
 * Whether an offset is an end depends only on the text around it, never on where the text began.
 */
export function sentenceEnds(text: string): number[] {
  const ends = new Set<number>();
  for (const match of text.matchAll(CANDIDATE)) {
    const [whole, terminal = "", , space = ""] = match;
    const end = match.index + whole.length;
    if (end >= text.length) continue;
    if (space === "" && !CLOSES_WITHOUT_SPACE.test(terminal)) continue;
    if (!isWithinSentence(text, match.index, terminal, end)) ends.add(end);
  }
  for (const match of text.matchAll(BLANK_LINE)) {
    const end = match.index + match[0].length;
    if (end < text.length) ends.add(end);
  }
  return [...ends].sort((one, other) => one - other);
}

/** The sentences of `text` in order. Together they are the whole text; white space stays with the sentence before it. */
export function sentenceSpans(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let start = 0;
  for (const end of sentenceEnds(text)) {
    spans.push({ start, end });
    start = end;
  }
  if (start < text.length) spans.push({ start, end: text.length });
  return spans;
}
