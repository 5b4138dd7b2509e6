import { inOneGo, type InParts } from "../in-parts.js";

/** A part of a text, as UTF-16 offsets: `text.slice(start, end)`. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a sentence may end: a run of sentence terminals of any script, then closing quotes, brackets and
 * footnote marks, then the white space that separates it from the next sentence.
 */
const CANDIDATE = /([\p{Sentence_Terminal}…]+)((?:["'”’»›)\]}」』）】〉》*_]| ?\[\d{1,3}\])*)(\s*)/gu;

/** A blank line ends a sentence whatever stands before it: headings and list items have no full stop. */
const BLANK_LINE = /\r?\n[^\S\n]*\r?\n\s*/g;

/** What a speaker is called at the start of a line: "Project Manager: ", "[doctor] ", "user: ", "[00:12] ". */
const NAME = String.raw`[\p{Lu}\p{Lo}\p{N}][^\s:：]{0,19}`;
const ROLE = "user|assistant|system|human|agent|customer|speaker|interviewer|doctor|patient";
const TIME = String.raw`\d{1,2}:\d\d(?::\d\d)?`;
const LABEL = String.raw`${NAME}(?: ${NAME}){0,3} ?(?::\s|：)|(?:${ROLE}) ?\d{0,3}: |\[[^\]\n]{1,24}\] |${TIME}\s`;
/** Bullets, numbered items and Markdown headings. */
const ITEM = String.raw`[-*+•‣◦] |\(?\d{1,3}[.)] |#{1,6} `;

/** A line that begins a turn of a conversation or an item of a list, whatever the line before ended with. */
const NEW_LINE_OF_ITS_OWN = new RegExp(String.raw`\n[^\S\n]{0,8}(?=${LABEL}|${ITEM})`, "gu");

/** A heading with text right below it: in Markdown, or in capitals after a blank line. */
const HEADING_LINE =
  /(?:^|\n)(?:#{1,6} [^\n]{1,72}|(?<=^|\n[^\S\n]{0,8}\n)[^\p{Ll}\n]{0,32}\p{Lu}{3}[^\p{Ll}\n]{0,32})\n(?=[^\n]{0,8}\p{Ll})/gu;

/** Words that end in a full stop within a sentence. */
const ABBREVIATIONS = wordSet(
  "mr mrs ms messrs dr prof st sr sra dra jr gen col capt lt sgt maj cmdr adm gov sen rep hon rev fr mme hr " +
    "v vs cf viz al ca approx dept est ext resp sp spp var eds bros univ ave blvd rd mt ft inc ltd co corp " +
    "ph.d m.d e.g i.e a.m p.m u.s u.k u.n z.b d.h bzw т.е г ул",
);

/** Words that end in a full stop where a number follows, and are ordinary words elsewhere. */
const ABBREVIATIONS_BEFORE_NUMBER = wordSet(
  "no nos nr op fig figs eq eqs ref refs sec ch vol vols art p pp ed c " +
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun",
);

/** After "12.": a month, as Germans and others write dates. */
const MONTH_AHEAD = /^(?:Jan|Feb|M[aä]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz])/;

const WORD_BEFORE = /(?<![\p{L}\p{N}.])([\p{L}\p{N}.]+)\.$/u;
/** What goes on with the sentence before it: no sentence begins with a comma, a closing bracket or ":-)". */
const CONTINUES = /^[,;:.!?…)\]}%]/;
const DOTTED_CAPITALS = /^(?:\p{Lu}\.)*\p{Lu}$/u;
const LOWER_CASE_AHEAD = /^["'“‘«([]{0,3}\p{Ll}/u;
/** A word with a capital, as sentences begin; abbreviations such as DNA stand in texts without capitals too. */
const CAPITALIZED = /\p{Lu}\p{Ll}|(?<!\p{L})[AI] /u;

/** How far back a word that could be an abbreviation is looked for, in UTF-16 units. */
const LOOK_BEHIND = 24;

/**
 * Where no capital stands this far to either side, in UTF-16 units, the text is written without capitals. The
 * chunker reads 96 units around a place, so this must stay below.
 */
const CAPITAL_REACH = 64;

/** Looked at between two pauses. */
const MATCHES_IN_A_PART = 1_024;

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}

function isWithoutCapitals(text: string, from: number, to: number): boolean {
  return !CAPITALIZED.test(text.slice(Math.max(0, from - CAPITAL_REACH), to + CAPITAL_REACH));
}

/** Whether the full stop at `position` belongs to an abbreviation, an initial or a number; what follows is at `next`. */
function isPartOfWord(text: string, position: number, next: number): boolean {
  const behind = text.slice(Math.max(0, position - LOOK_BEHIND), position + 1);
  const word = WORD_BEFORE.exec(behind)?.[1];
  if (word === undefined) return false;
  const ahead = text.slice(next, next + 4);
  if (/^\d{1,3}$/.test(word)) {
    // "1." at the start of a line numbers an item; "3. Oktober" is a date.
    const isItem = /(?:^|\n)[^\S\n]*\(?$/.test(behind.slice(0, -word.length - 1)) && !ahead.startsWith("\n");
    return isItem || (word.length < 3 && MONTH_AHEAD.test(ahead));
  }
  const lowerCase = word.toLowerCase();
  if (ABBREVIATIONS.has(lowerCase)) return true;
  if (ABBREVIATIONS_BEFORE_NUMBER.has(lowerCase) && /^\p{N}/u.test(ahead)) return true;
  // Initials, as in "J. R. Smith", "D.C. Circuit" and "e. coli"; "I." is more often the end of a sentence.
  if (DOTTED_CAPITALS.test(word)) return word !== "I";
  return /^\p{Ll}$/u.test(word) && LOWER_CASE_AHEAD.test(ahead);
}

function isWithinSentence(text: string, match: RegExpExecArray, end: number): boolean {
  const [, terminal = "", closing = ""] = match;
  if (CONTINUES.test(text.charAt(end))) return true;
  if (LOWER_CASE_AHEAD.test(text.slice(end, end + 4))) {
    // "Stop!" he said. — a small letter begins a sentence only where all letters are small.
    if (terminal.length > 1 || closing !== "" || !isWithoutCapitals(text, match.index, end)) return true;
  }
  return terminal === "." && isPartOfWord(text, match.index, end);
}

/** Scripts that put no space between sentences close one without white space. */
function closesWithoutSpace(terminal: string): boolean {
  return terminal.charCodeAt(terminal.length - 1) > 0x7f && !terminal.endsWith("…");
}

/**
 * The offsets at which a sentence ends and the next one may begin, ascending, each after the
 * white space that follows the sentence. Offsets at the very end of `text` are not reported.
 * Whether an offset is an end depends only on the text around it (96 UTF-16 units to either side, but for
 * longer white space), never on where the text began.
 */
export function sentenceEnds(text: string): number[] {
  return inOneGo(findSentenceEnds(text));
}

/** The same as `sentenceEnds`, in parts. */
export function* findSentenceEnds(text: string): InParts<number[]> {
  const ends = new Set<number>();
  let matches = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    if (++matches % MATCHES_IN_A_PART === 0) yield;
    const [whole, terminal = "", , space = ""] = match;
    const end = match.index + whole.length;
    if (space === "" && !closesWithoutSpace(terminal)) continue;
    if (!isWithinSentence(text, match, end)) ends.add(end);
  }
  for (const pattern of [BLANK_LINE, NEW_LINE_OF_ITS_OWN, HEADING_LINE]) {
    for (const match of text.matchAll(pattern)) {
      if (++matches % MATCHES_IN_A_PART === 0) yield;
      ends.add(match.index + match[0].length);
    }
  }
  ends.delete(text.length);
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
