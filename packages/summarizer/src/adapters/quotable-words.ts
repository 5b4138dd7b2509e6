import type { CompletionRequest } from "../plan/completion.js";
import { briefWords } from "./brief-words.js";
import { shareLeftOut, withoutSecrets, type Disclosure } from "./without-secrets.js";

/** Longer quotes are cut. */
const LONGEST_QUOTE = 240;
/** Further on nothing is read: some answers are whole pages. */
const LONGEST_READ = 4_000;
/** So many characters in common with the request are no accident: the server has quoted the content. */
const QUOTED_CONTENT = 24;
/** A quote with more of its words left out says nothing. */
const MOST_LEFT_OUT = 0.5;
const HTML = /<(!doctype|html|head|body)\b/iu;

function quotesContent(words: string, { system, prompt }: CompletionRequest): boolean {
  for (let start = 0; start + QUOTED_CONTENT <= words.length; start += 1) {
    const piece = words.slice(start, start + QUOTED_CONTENT);
    if (prompt.includes(piece) || system.includes(piece)) return true;
  }
  return false;
}

/**
 * What of a server's words an error may show: one line, without what could be a key, and nothing at all when they quote the
 * request, since errors hold no content.
 */
export function quotableWords(
  words: string,
  request: CompletionRequest | undefined,
  disclosure: Disclosure,
): string | undefined {
  const line = words
    .slice(0, LONGEST_READ)
    .replace(/^\d{3} /u, "")
    .replace(/\s+/gu, " ")
    .trim();
  if (line === "" || HTML.test(line) || /^(status code|\(no status)/u.test(line)) return undefined;
  const safe = withoutSecrets(line, disclosure);
  if (shareLeftOut(safe) > MOST_LEFT_OUT) return undefined;
  if (request === undefined) return briefWords(safe);
  const shown = safe.length > LONGEST_QUOTE ? `${safe.slice(0, LONGEST_QUOTE)}…` : safe;
  // Quotes escape line breaks and quotation marks: content is looked for in both writings, and before anything was left out.
  const original = line.slice(0, 2 * LONGEST_QUOTE);
  const unescaped = (text: string) => text.replace(/\\[nrt]/gu, " ").replace(/\\"/gu, '"');
  const writings = [shown, unescaped(shown), original, unescaped(original)];
  return writings.some((writing) => quotesContent(writing, flat(request))) ? undefined : shown;
}

function flat({ system, prompt, maxOutputTokens }: CompletionRequest): CompletionRequest {
  const oneLine = (text: string) => text.replace(/\s+/gu, " ");
  return { system: oneLine(system), prompt: oneLine(prompt), maxOutputTokens };
}
