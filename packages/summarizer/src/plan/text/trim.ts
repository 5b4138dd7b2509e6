import type { Tokenizer } from "../tokenizer.js";
import { graphemeEnds } from "./graphemes.js";
import { sentenceSpans } from "./sentences.js";

const HAS_WORDS = /[\p{L}\p{N}]/u;

/** Below this share of the limit, whole sentences would throw too much away: the cut moves inside a sentence. */
const LEAST_SHARE_BY_SENTENCES = 1 / 3;

/** The longest prefix of `text` that ends at one of `ends` (ascending) and fits, or the empty string. */
function longestPrefix(text: string, ends: readonly number[], limit: number, tokenizer: Tokenizer): string {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokenizer.count(text.slice(0, ends[middle]).trimEnd()) <= limit) low = middle + 1;
    else high = middle;
  }
  // Counts grow with the text but for a token here and there: step back until the prefix really fits.
  for (let index = low - 1; index >= 0; index -= 1) {
    const prefix = text.slice(0, ends[index]).trimEnd();
    if (tokenizer.count(prefix) <= limit) return prefix;
  }
  return "";
}

/** The first word, else the first character, anywhere in the text, that fits by itself. */
function anyFittingPart(text: string, limit: number, tokenizer: Tokenizer): string {
  for (const pattern of [/[\p{L}\p{N}]+/gu, /\S/gu]) {
    for (const [part] of text.matchAll(pattern)) {
      if (tokenizer.count(part) <= limit) return part;
    }
  }
  return "";
}

/**
 * The beginning of `text` that takes at most `limit` tokens: whole sentences where they fill a third of the limit or
 * more, else whole words, else whole characters. Empty only when no visible character of the text fits.
 */
export function trimToTokens(text: string, limit: number, tokenizer: Tokenizer): string {
  const trimmed = text.trim();
  if (tokenizer.count(trimmed) <= limit) return trimmed;

  const sentences = longestPrefix(
    trimmed,
    sentenceSpans(trimmed).map(({ end }) => end),
    limit,
    tokenizer,
  );
  if (sentences !== "" && tokenizer.count(sentences) >= limit * LEAST_SHARE_BY_SENTENCES) return sentences;

  const words = longestPrefix(
    trimmed,
    Array.from(trimmed.matchAll(/\s+/gu), ({ index }) => index),
    limit,
    tokenizer,
  );
  const beginning = trimmed.slice(0, limit * LONGEST_TOKEN);
  // Of `" onfocus=…` the first word is a quotation mark: rather part of the next word than that alone.
  if (words !== "" && (HAS_WORDS.test(words) || !HAS_WORDS.test(beginning))) return words;

  const characters = longestPrefix(trimmed, graphemeEnds(trimmed, 0, beginning.length), limit, tokenizer);
  return characters !== "" ? characters : anyFittingPart(trimmed, limit, tokenizer);
}

/** No encoding has a token of more UTF-16 units than this; further on, nothing can fit. */
const LONGEST_TOKEN = 128;
