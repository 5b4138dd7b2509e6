import type { CompletionRequest } from "../plan/completion.js";

/** Longer quotes are cut. */
const LONGEST_QUOTE = 240;
/** Further on nothing is read: some answers are whole pages. */
const LONGEST_READ = 4_000;
/** So many characters in common with the request are no accident: the server has quoted the content. */
const QUOTED_CONTENT = 24;
const KEY_LIKE = /\b(sk|pk|rk|key|api|gsk|xai)[-_][A-Za-z0-9*._-]{8,}|bearer\s+\S+|[A-Za-z0-9_-]{40,}/giu;
const HTML = /<(!doctype|html|head|body)\b/iu;

function quotesContent(words: string, { system, prompt }: CompletionRequest): boolean {
  for (let start = 0; start + QUOTED_CONTENT <= words.length; start += 1) {
    const piece = words.slice(start, start + QUOTED_CONTENT);
    if (prompt.includes(piece) || system.includes(piece)) return true;
  }
  return false;
}

/**
 * What of a server's words an error may show: one line, without keys, and nothing at all when they quote the request, since
 * errors hold no content.
 */
export function quotableWords(
  words: string,
  secrets: readonly string[],
  request: CompletionRequest | undefined,
): string | undefined {
  let shown = words
    .slice(0, LONGEST_READ)
    .replace(/^\d{3} /u, "")
    .replace(/\s+/gu, " ")
    .trim();
  if (shown === "" || HTML.test(shown) || /^(status code|\(no status)/u.test(shown)) return undefined;
  for (const secret of secrets) if (secret !== "") shown = shown.replaceAll(secret, "[key]");
  shown = shown.replace(KEY_LIKE, "[key]");
  if (shown.length > LONGEST_QUOTE) shown = `${shown.slice(0, LONGEST_QUOTE)}…`;
  // Quotes escape line breaks and quotation marks: content is looked for in both writings.
  const plain = shown.replace(/\\[nrt]/gu, " ").replace(/\\"/gu, '"');
  const isContent =
    request !== undefined && [shown, plain].some((text) => quotesContent(text, flat(request)));
  return isContent ? undefined : shown;
}

function flat({ system, prompt, maxOutputTokens }: CompletionRequest): CompletionRequest {
  const oneLine = (text: string) => text.replace(/\s+/gu, " ");
  return { system: oneLine(system), prompt: oneLine(prompt), maxOutputTokens };
}
