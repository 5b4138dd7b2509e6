import { inOneGo, type InParts } from "../in-parts.js";
import type { Tokenizer } from "../tokenizer.js";
import { countInParts } from "./count-in-parts.js";
import { graphemeEnds } from "./graphemes.js";
import { findSentenceEnds } from "./sentences.js";

const HAS_WORDS = /[\p{L}\p{N}]/u;

/** Below this share of the limit, whole sentences would throw too much away: the cut moves inside a sentence. */
const LEAST_SHARE_BY_SENTENCES = 1 / 3;

/** Looked at between two pauses. */
const SPACES_IN_A_PART = 4_096;

/** The longest prefix of `text` that ends at one of `ends` (ascending) and fits, or the empty string. */
function* longestPrefix(
  text: string,
  ends: readonly number[],
  limit: number,
  tokenizer: Tokenizer,
): InParts<string> {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const tokens = yield* countInParts(text.slice(0, ends[middle]).trimEnd(), tokenizer);
    if (tokens <= limit) low = middle + 1;
    else high = middle;
  }
  // Counts grow with the text but for a token here and there: step back until the prefix really fits.
  for (let index = low - 1; index >= 0; index -= 1) {
    const prefix = text.slice(0, ends[index]).trimEnd();
    if ((yield* countInParts(prefix, tokenizer)) <= limit) return prefix;
  }
  return "";
}

/** The first word, else the first character, anywhere in the text, that fits by itself. */
function* anyFittingPart(text: string, limit: number, tokenizer: Tokenizer): InParts<string> {
  for (const pattern of [/[\p{L}\p{N}]+/gu, /\S/gu]) {
    for (const [part] of text.matchAll(pattern)) {
      if ((yield* countInParts(part, tokenizer)) <= limit) return part;
      yield;
    }
  }
  return "";
}

/** No encoding has a token of more UTF-16 units than this; further on, nothing can fit. */
const LONGEST_TOKEN = 128;

/** Whether a sentence ends somewhere is known from so many units after it; see `findSentenceEnds`. */
const SENTENCE_REACH = 128;

/** All places where a run of white space begins. */
function* spaces(text: string): InParts<number[]> {
  const offsets: number[] = [];
  for (const { index } of text.matchAll(/\s+/gu)) {
    offsets.push(index);
    if (offsets.length % SPACES_IN_A_PART === 0) yield;
  }
  return offsets;
}

/**
 * The beginning of `text` that takes at most `limit` tokens: whole sentences where they fill a third of the limit or
 * more, else whole words, else whole characters. Empty only when no visible character of the text fits.
 */
export function trimToTokens(text: string, limit: number, tokenizer: Tokenizer): string {
  return inOneGo(trimInParts(text, limit, tokenizer));
}

/** The same as `trimToTokens`, in parts: a text may be as long as the target is. */
export function* trimInParts(text: string, limit: number, tokenizer: Tokenizer): InParts<string> {
  const trimmed = text.trim();
  if ((yield* countInParts(trimmed, tokenizer)) <= limit) return trimmed;

  // Nothing that is further on can fit: of an answer of megabytes, only the beginning is looked at.
  const beginning = trimmed.slice(0, limit * LONGEST_TOKEN);
  const sentenceEnds = yield* findSentenceEnds(trimmed.slice(0, beginning.length + SENTENCE_REACH));
  const endsInReach = [...sentenceEnds, trimmed.length].filter((end) => end <= beginning.length);
  const sentences = yield* longestPrefix(beginning, endsInReach, limit, tokenizer);
  const leastTokens = limit * LEAST_SHARE_BY_SENTENCES;
  if (sentences !== "" && (yield* countInParts(sentences, tokenizer)) >= leastTokens) return sentences;

  const words = yield* longestPrefix(beginning, yield* spaces(beginning), limit, tokenizer);
  // Of `" onfocus=…` the first word is a quotation mark: rather part of the next word than that alone.
  if (words !== "" && (HAS_WORDS.test(words) || !HAS_WORDS.test(beginning))) return words;

  const ends = yield* graphemeEnds(trimmed, 0, beginning.length);
  const characters = yield* longestPrefix(trimmed, ends, limit, tokenizer);
  return characters !== "" ? characters : yield* anyFittingPart(trimmed, limit, tokenizer);
}
