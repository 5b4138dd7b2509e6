import type { Page, PageSummary, SummaryMeta } from "@gro/queue";

/** A page's file as it is: what a host has put there stays there. */
export interface PageJson {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly content: string;
}

export type ParsedPage =
  | { readonly kind: "page"; readonly json: PageJson }
  /** Why it is no page, in a few words. */
  | { readonly kind: "unreadable"; readonly reason: string };

const BYTE_ORDER_MARK = "\ufeff";

/** Reads what only must be there: an object with a `content` of text. */
export function parsePage(bytes: Uint8Array): ParsedPage {
  if (bytes.length === 0) return { kind: "unreadable", reason: "the file is empty" };
  const text = textIn(bytes);
  if (text === undefined) return { kind: "unreadable", reason: "it is no UTF-8" };
  const value = parse(text);
  if (value === undefined) return { kind: "unreadable", reason: whyNoJson(text) };
  if (!isObject(value) || Array.isArray(value)) return { kind: "unreadable", reason: "it holds no object" };
  const { content } = value;
  if (content === undefined) return { kind: "unreadable", reason: "it has no content" };
  if (typeof content !== "string") return { kind: "unreadable", reason: "its content is no string" };
  return { kind: "page", json: { fields: value, content } };
}

/** Bytes that are no UTF-8 must not be replaced silently: they would be written back so. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the parser itself says has content in it. */
function whyNoJson(text: string): string {
  const isCut = text.trimStart().startsWith("{") && !text.trimEnd().endsWith("}");
  return isCut ? "its JSON breaks off before its end" : "it is no JSON";
}

/**
 * The page in a file. What a host leaves out, or writes in another way, gets its default: `label` "", `messageCount` and `tokens` 0,
 * `createdAt` the time of the file. The id is that of the file.
 *
 * @param modifiedAt milliseconds since the epoch
 */
export function pageOf(id: string, { fields, content }: PageJson, modifiedAt: number): Page {
  const { label, createdAt, messageCount, tokens, maxImportance, lane, summary, summaryMeta, ...rest } =
    fields;
  return {
    ...rest,
    ...{ id, content },
    label: typeof label === "string" ? label : "",
    createdAt: typeof createdAt === "string" ? createdAt : new Date(modifiedAt).toISOString(),
    messageCount: typeof messageCount === "number" ? messageCount : 0,
    tokens: typeof tokens === "number" ? tokens : 0,
    ...(typeof maxImportance === "number" && { maxImportance }),
    ...(typeof lane === "string" && { lane }),
    ...(typeof summary === "string" && { summary }),
    ...(isSummaryMeta(summaryMeta) && { summaryMeta }),
  };
}

/** What a page's file holds once the summary is in it. */
export function withSummary({ fields }: PageJson, { text, meta }: PageSummary): string {
  return textOf({ ...fields, summary: text, summaryMeta: meta });
}

/** Made for people, too. */
export function textOf(fields: object): string {
  return `${JSON.stringify(fields, null, 2)}\n`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Ours alone write it. */
function isSummaryMeta(value: unknown): value is SummaryMeta {
  return isObject(value) && typeof value["contentHash"] === "string" && Array.isArray(value["warnings"]);
}
