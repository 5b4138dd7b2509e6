import { trimToTokens } from "@gro/summarizer";
import { importantLinesOf, withoutTagged } from "@gro/queue";
import { refTo } from "../markers/page-requests.js";
import type { Counter } from "../messages/counter.js";
import { boundImportant } from "../summaries/bound-important.js";

/** Of what is shown, the beginning gets this share and the end the rest. */
const SHARE_OF_HEAD = 0.7;
/** UTF-16 units a token: more than any prose has, so that long texts need not be counted whole. */
const UNITS_PER_TOKEN = 12;
const WORD_START = /(?<=\s)\S/gu;

function headOf(text: string, tokens: number, counter: Counter): string {
  return tokens < 1 ? "" : trimToTokens(text.slice(0, tokens * UNITS_PER_TOKEN), tokens, counter.tokenizer);
}

/** The longest end of the text that begins with a word and fits. */
function tailOf(text: string, tokens: number, counter: Counter): string {
  if (tokens < 1) return "";
  const near = text.slice(-tokens * UNITS_PER_TOKEN).trimEnd();
  const starts = Array.from(near.matchAll(WORD_START), ({ index }) => index);
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counter.text(near.slice(starts[middle])) <= tokens) high = middle;
    else low = middle + 1;
  }
  const start = starts[low];
  return start === undefined ? "" : near.slice(start);
}

export interface Cut {
  /** Of the whole text. */
  readonly tokens: number;
  /** The most tokens of the shortened text. */
  readonly limit: number;
  /** The page that holds the whole, or `null` where there is none. */
  readonly pageId: string | null;
}

/**
 * Beginning and end of a text that is too long, and between them how much is missing, where it is, and the text's important lines.
 * Tagged lines are left out of beginning and end: half of one would be another line.
 */
export function cutText(text: string, { tokens, limit, pageId }: Cut, counter: Counter): string {
  const where = pageId === null ? "the rest cannot be shown" : `all of it: ${refTo(pageId)}`;
  const notice = `[… cut, ${tokens} tokens in all; ${where} …]`;
  const body = withoutTagged(text);
  const room = limit - counter.text(notice) - 2;
  const important = boundImportant(importantLinesOf(text), Math.floor(room / 2), counter);
  const middle = [notice, ...important.lines];
  const left = room - important.tokens;
  for (const share of [1, 0.9, 0.8, 0.6, 0.4]) {
    const head = headOf(body, Math.floor(left * share * SHARE_OF_HEAD), counter);
    const tail = tailOf(body.slice(head.length), Math.floor(left * share * (1 - SHARE_OF_HEAD)), counter);
    const cut = [head, ...middle, tail].filter((part) => part !== "").join("\n");
    if (counter.text(cut) <= limit) return cut;
  }
  const bare = middle.join("\n");
  return counter.text(bare) <= limit ? bare : notice;
}
