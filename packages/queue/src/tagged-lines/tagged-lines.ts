/**
 * Lines that carry a tag anywhere in them. A line that carries both is ephemeral: that it stays hidden is the promise that is
 * dearer to break.
 */
const IMPORTANT = /@@\s*important\s*@@/iu;
const EPHEMERAL = /@@\s*ephemeral\s*@@/iu;

/** A line with what ends it: joined, all of them are the text again. */
const LINE = /[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/gu;
const LINE_END = /[\r\n]+$/u;

/** A line that was left out. */
export interface LineAt {
  /** Its number in its text, from 0. */
  readonly line: number;
  /** Without what ends it. */
  readonly text: string;
}

/** All lines of a text with what ends each: joined, they are the text again. */
export function linesOf(text: string): readonly string[] {
  return text.match(LINE) ?? [];
}

function bare(line: string): string {
  return line.replace(LINE_END, "");
}

export function isEphemeral(line: string): boolean {
  return EPHEMERAL.test(line);
}

export function isImportant(line: string): boolean {
  return IMPORTANT.test(line) && !isEphemeral(line);
}

/** The text without its ephemeral lines, and these. */
export function withoutEphemeral(text: string): {
  readonly text: string;
  readonly ephemeral: readonly LineAt[];
} {
  if (!isEphemeral(text)) return { text, ephemeral: [] };
  const ephemeral: LineAt[] = [];
  const kept = linesOf(text).filter((line, index) => {
    if (!isEphemeral(line)) return true;
    ephemeral.push({ line: index, text: bare(line) });
    return false;
  });
  return { text: kept.join(""), ephemeral };
}

/** The text without any tagged line. */
export function withoutTagged(text: string): string {
  if (!IMPORTANT.test(text) && !EPHEMERAL.test(text)) return text;
  return linesOf(text)
    .filter((line) => !IMPORTANT.test(line) && !EPHEMERAL.test(line))
    .join("");
}

/** Important lines in their order, without what ends them; a line that comes again counts once. */
export function importantLinesOf(text: string): readonly string[] {
  if (!IMPORTANT.test(text)) return [];
  return [...new Set(linesOf(text).filter(isImportant).map(bare))];
}

const TAG = /@@\s*(?:important|ephemeral)\s*@@/giu;

/** A line without its tags. */
export function untagged(line: string): string {
  return line.replace(TAG, "").trimEnd();
}

/** All lines that say something, without what ends them. */
export function filledLinesOf(text: string): readonly string[] {
  return linesOf(text)
    .map(bare)
    .filter((line) => line.trim() !== "");
}
