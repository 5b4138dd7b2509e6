import { sentenceSpans } from "@gro/summarizer";
import type { ChatMessage } from "@gro/virtual-memory";
import type { ChatPartner } from "./chat-partner.js";

const REF = /@@ref\('(pg_[0-9a-f]{12})'\)@@/u;
const SPEAKER = /^\p{Lu}\p{L}+: /u;
const LOADED = /^\[Page (pg_[0-9a-f]{12})/u;

/** Whether the partner is asked, and not one of those who speak with each other. */
function isAsked(content: string): boolean {
  return content.endsWith("?") && !SPEAKER.test(content);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
}

/** How much of the question is in each text; a word counts the more, the fewer of them have it. */
function scores(question: string, texts: readonly string[]): number[] {
  const words = texts.map(wordsOf);
  const weights = [...wordsOf(question)].map((word) => {
    const holders = words.filter((of) => of.has(word)).length;
    return { word, weight: holders === 0 ? 0 : Math.log(1 + texts.length / holders) };
  });
  return words.map((of) => weights.reduce((sum, { word, weight }) => sum + (of.has(word) ? weight : 0), 0));
}

function best(question: string, texts: readonly string[]): string | undefined {
  const found = scores(question, texts);
  const highest = Math.max(0, ...found);
  return highest === 0 ? undefined : texts[found.indexOf(highest)];
}

/** A page as it stands in the context when it is loaded. */
function loadedPage(context: readonly ChatMessage[], pageId: string): string | undefined {
  return context.find(({ content }) => LOADED.exec(content)?.[1] === pageId)?.content;
}

/**
 * Answers with no key and no network, by words alone: listens, and quotes the sentence that a question is about. When
 * that seems to be in a page that is not loaded, it asks for the page, as a model would.
 */
export const offlinePartner: ChatPartner = async (context) => {
  const question = context.findLast(({ role }) => role === "user")?.content ?? "";
  if (!isAsked(question)) return "";
  const known = context.filter(({ role, content }) => role === "user" && !isAsked(content));
  const text = best(
    question,
    known.map(({ content }) => content),
  );
  if (text === undefined) return "That was not said.";
  const pageId = REF.exec(text)?.[1];
  const page = pageId === undefined ? text : loadedPage(context, pageId);
  if (page === undefined) return `I look that up. @@ref('${pageId}')@@`;
  const sentences = Array.from(sentenceSpans(page), ({ start, end }) => page.slice(start, end).trim());
  return best(question, sentences) ?? "That was not said.";
};
