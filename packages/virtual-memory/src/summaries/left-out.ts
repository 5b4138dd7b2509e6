import { linesOf } from "@gro/queue";

/*
 * A text that has no room for all important lines says how many others there are, and where: in the page that it stands for, or in pages
 * that this one stands for. Such a line is written by code alone. Whoever makes a text of other texts takes the lines out and puts in
 * one with their sum; a line that was left out in two places counts twice.
 */
const LEFT_OUT = /^\[(\d{1,9}) more important lines? (?:is|are) in the pages?\b[^\]\r\n]*\]$/u;
/** Looked for first: most texts have none, and need not be taken apart. */
const PART = " more important line";

function counted(count: number): string {
  return `${count} more important ${count === 1 ? "line is" : "lines are"}`;
}

/** @param below how many of `count` are not in the page itself, but in pages that it stands for */
export function leftOutLine(count: number, below: number): string {
  if (below === 0) return `[${counted(count)} in the page]`;
  return `[${counted(count)} in the ${count === below ? "pages under it" : "page and those under it"}]`;
}

/** How many important lines a text says it has left out. */
export function leftOutIn(text: string): number {
  if (!text.includes(PART)) return 0;
  const counts = linesOf(text).map((line) => Number(LEFT_OUT.exec(line.trimEnd())?.[1] ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** As models repeat it, in the midst of a line too. */
const ANYWHERE = /\[\d+ more important lines? (?:is|are) in the pages?\b[^\]\r\n]*\][^\S\r\n]*/gu;

/** The text without what it says of lines left out. */
export function withoutLeftOut(text: string): string {
  if (!text.includes(PART)) return text;
  const kept = linesOf(text).flatMap((line) => {
    const rest = line.replace(ANYWHERE, "");
    return rest === line || rest.trim() !== "" ? [rest] : [];
  });
  return kept.join("") === text ? text : kept.join("").trimEnd();
}
