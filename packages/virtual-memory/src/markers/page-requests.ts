import { isPageId } from "@gro/queue";

/** What an assistant may want of a page. */
export type PageRequestKind = "ref" | "unref" | "pin" | "unpin";

export interface PageRequest {
  readonly kind: PageRequestKind;
  readonly pageId: string;
}

export interface FoundRequests {
  readonly requests: readonly PageRequest[];
  /** Markers whose argument is no page id, or that were too many. */
  readonly malformed: number;
}

/** From the name to the closing marks, on one line. Not across another marker: one that is never closed must not swallow the next. */
const MARKER = /(?<!\\)@@(ref|unref|pin|unpin)\(((?:(?!@@)[^\r\n]){0,300}?)\)@@/gu;
/** Also those that are never closed. */
const OPENING = /(?<!\\)@@(?:ref|unref|pin|unpin)\(/gu;
const QUOTED = /^\s*(['"]?)(.*?)\1\s*$/u;

/** So many markers of one message are followed: a message that is nothing but markers must not keep the store busy. */
const MOST_REQUESTS = 32;

function isKind(value: string | undefined): value is PageRequestKind {
  return value === "ref" || value === "unref" || value === "pin" || value === "unpin";
}

/** The page that a marker names, as text for a context. */
export function refTo(pageId: string): string {
  return `@@ref('${pageId}')@@`;
}

/**
 * `@@ref('pg_…')@@`, `@@unref('…')@@`, `@@pin('…')@@` and `@@unpin('…')@@` in their order. Quotes may be double or missing; a marker
 * behind a backslash is none.
 */
export function pageRequestsIn(text: string): FoundRequests {
  if (!text.includes("@@")) return { requests: [], malformed: 0 };
  const requests: PageRequest[] = [];
  for (const [, kind, argument = ""] of text.matchAll(MARKER)) {
    const pageId = QUOTED.exec(argument)?.[2] ?? "";
    if (isKind(kind) && isPageId(pageId) && requests.length < MOST_REQUESTS) requests.push({ kind, pageId });
  }
  const opened = text.match(OPENING)?.length ?? 0;
  return { requests, malformed: opened - requests.length };
}
