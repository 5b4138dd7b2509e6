import { contentHash, isPageId, type Page } from "@gro/queue";
import { basename } from "node:path";
import { inputName, STANDARD_INPUT } from "./input.js";
import { UsageError } from "./usage-error.js";

/** What the user says about the pages. */
export interface PageWishes {
  readonly label: string | undefined;
  readonly lane: string | undefined;
}

/** What a page needs that its file does not say. */
export interface PageFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  countTokens(content: string): number;
}

/** A page to be queued. */
export interface FilePage {
  /** As the user wrote it. */
  readonly file: string;
  readonly page: Page;
  /** Whether the host's own page was given, and so goes before one with its id. */
  readonly isWholePage: boolean;
}

const ID_PREFIX = "pg_";
const ID_DIGITS = 12;
const LONGEST_SHOWN = 40;

type Fields = Readonly<Record<string, unknown>>;

/** The id that a content has by itself: the same text is the same page. */
function idOf(content: string): string {
  return ID_PREFIX + contentHash(content).slice(0, ID_DIGITS);
}

function fieldsOf(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a host has written this as a page, and not another program something of its own. */
function isPage({ id, ...fields }: Fields): boolean {
  return id !== undefined && (Object.hasOwn(fields, "content") || (isPageId(id) && id.startsWith(ID_PREFIX)));
}

/** Whether a text that is no JSON was to be a page, and is damaged. Its words must not be summarized with the braces. */
function isBrokenPage(text: string): boolean {
  return /^\ufeff?\s*\{/u.test(text) && /"(?:id|content)"\s*:/u.test(text);
}

function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}

function countField(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function wholePage(file: string, fields: Fields, facts: PageFacts): Page {
  const { id, content } = fields;
  if (!isPageId(id)) {
    const shown = typeof id === "string" ? JSON.stringify(id.slice(0, LONGEST_SHOWN)) : `a ${typeof id}`;
    throw new UsageError(
      `${file} is a page whose id is none: got ${shown}, expected 1 to 128 characters of A-Z, a-z, 0-9, _ and -.`,
    );
  }
  if (typeof content !== "string") throw new UsageError(`${file} is a page without content.`);
  // What a host has written stays; only what every page must have is filled in.
  return {
    ...fields,
    id,
    content,
    label: textField(fields, "label") ?? "",
    createdAt: textField(fields, "createdAt") ?? new Date(facts.now).toISOString(),
    messageCount: countField(fields, "messageCount") ?? 1,
    tokens: countField(fields, "tokens") ?? facts.countTokens(content),
  };
}

function pageOfText(file: string, content: string, facts: PageFacts): Page {
  return {
    id: idOf(content),
    label: file === STANDARD_INPUT ? inputName(file) : basename(file),
    content,
    createdAt: new Date(facts.now).toISOString(),
    messageCount: 1,
    tokens: facts.countTokens(content),
  };
}

/**
 * The page that a file is, where a host has written it (`.json`, with `id` and `content`), else a page of the file's text.
 * @throws UsageError for a page that is damaged, without content or with an id that is none, and for a blank content.
 */
export function pageOfFile(file: string, text: string, wishes: PageWishes, facts: PageFacts): FilePage {
  const isNamedJson = /\.json$/iu.test(file);
  const fields = isNamedJson ? fieldsOf(text) : undefined;
  if (isNamedJson && fields === undefined && isBrokenPage(text)) {
    throw new UsageError(
      `${file} looks like a page and is no whole JSON: it was cut off or damaged. Write it again; if it is a text, give it a name that does not end in .json.`,
    );
  }
  const isWholePage = fields !== undefined && isPage(fields);
  const page = isWholePage ? wholePage(file, fields, facts) : pageOfText(file, text, facts);
  if (page.content.trim() === "") {
    throw new UsageError(`Nothing to summarize: ${inputName(file)} is blank.`);
  }
  const { label, lane } = wishes;
  return {
    file,
    isWholePage,
    page: { ...page, ...(label !== undefined && { label }), ...(lane !== undefined && { lane }) },
  };
}
