import { trimToTokens } from "@gro/summarizer";
import { filledLinesOf, importantLinesOf } from "@gro/queue";
import { refTo } from "../markers/page-requests.js";
import type { Counter } from "../messages/counter.js";
import type { Limits } from "../options/limits.js";
import { boundImportant } from "./bound-important.js";
import { leftOutIn, withoutLeftOut } from "./left-out.js";
import type { EntryName, PageEntry } from "./page-entry.js";

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function described({ messageCount, pageCount, label }: EntryName): string {
  const pages = pageCount === 0 ? "" : ` in ${counted(pageCount, "page")}`;
  return `${counted(messageCount, "message")}${pages}, ${label}`;
}

/** The line above a summary. */
export function summaryHeader(entry: EntryName): string {
  return `[Summary of ${described(entry)}] ${refTo(entry.pageId)}`;
}

/** How placeholders begin, those of gro's runtime too. */
export const PENDING = "[Pending summary: ";

function pendingHeader(entry: EntryName): string {
  return `${PENDING}${described(entry)}] ${refTo(entry.pageId)}`;
}

/** UTF-16 units a token: more than prose has. */
const UNITS_PER_TOKEN = 8;

/** A line as a placeholder shows it, or nothing when it has no room for a single word. */
function edge(name: string, line: string | undefined, { edgeLine }: Limits, counter: Counter): string[] {
  // Of a line of any length only the beginning is looked at.
  const text =
    line === undefined
      ? ""
      : trimToTokens(line.trimStart().slice(0, edgeLine * UNITS_PER_TOKEN), edgeLine, counter.tokenizer);
  return text === "" ? [] : [`${name}: ${text}${text === line?.trim() ? "" : " …"}`];
}

export interface Excerpt {
  /** What was said: the content of the page without the lines that name messages. */
  readonly said: readonly string[];
  readonly important: readonly string[];
  /** Important lines that the content has left out. */
  readonly leftOut: number;
}

export function excerptOf(content: string): Excerpt {
  return { said: saidIn(content), important: importantLinesOf(content), leftOut: leftOutIn(content) };
}

/** First and last line, and the important lines as far as there is room for them. */
function excerptLines(excerpt: Excerpt, limits: Limits, counter: Counter): readonly string[] {
  const { said, important, leftOut } = excerpt;
  const known = new Set(important);
  const others = said.filter((line) => !known.has(line));
  return [
    ...edge("First", others[0], limits, counter),
    ...(others.length > 1 ? edge("Last", others.at(-1), limits, counter) : []),
    ...boundImportant(important, limits.important, counter, leftOut).lines,
  ];
}

/** What stands in for a summary until it is there. */
export function placeholderText(
  entry: EntryName,
  excerpt: Excerpt,
  limits: Limits,
  counter: Counter,
): string {
  return [pendingHeader(entry), ...excerptLines(excerpt, limits, counter)].join("\n");
}

/** What a placeholder says, as a summary: for pages that no model will summarize. */
export function settledPlaceholder(entry: PageEntry, why: string): string {
  const [, ...rest] = entry.text.split("\n");
  return [summaryHeader(entry), `(${why})`, ...rest].join("\n");
}

/** So many refs are shown at each end of a long row. */
const SHOWN_REFS = 4;

/** One placeholder for many pages: however many there are, it stays about as long. */
export function backlogText(backlog: readonly PageEntry[], limits: Limits, counter: Counter): string {
  const messages = backlog.reduce((sum, { messageCount }) => sum + messageCount, 0);
  const refs = backlog.map(({ pageId }) => refTo(pageId));
  const shown =
    refs.length <= 2 * SHOWN_REFS
      ? refs
      : [...refs.slice(0, SHOWN_REFS), `(${refs.length - 2 * SHOWN_REFS} more)`, ...refs.slice(-SHOWN_REFS)];
  const important = [...new Set(backlog.flatMap(({ text }) => importantLinesOf(text)))];
  const leftOut = backlog.reduce((sum, { text }) => sum + leftOutIn(text), 0);
  return [
    `[Pending summary: ${counted(messages, "message")} in ${counted(backlog.length, "page")}] ${shown.join(" ")}`,
    ...boundImportant(important, limits.important, counter, leftOut).lines,
  ].join("\n");
}

/** The lines of a page's content that people or tools have said. */
function saidIn(content: string): readonly string[] {
  return filledLinesOf(withoutLeftOut(content)).filter((line) => !HEADER.test(line));
}

/** As `renderMessages` and `summaryHeader` write them. */
const HEADER = /^\[(?:assistant|user|system|result of|call|Summary of|part)\b[^\]]*\]/u;
