import { tooLong, unstorable } from "../errors/store-errors.js";

const NUL = "\0";

/** An index takes up to 2,704 bytes, over one or two texts. */
const MOST_BYTES = 1_200;

/** Checks a text that stands for something. Texts for people are kept as JSON, which can hold every character. @throws StoreError */
export function storable(what: string, text: string): string {
  if (text.includes(NUL) || !isWellFormed(text)) throw unstorable(what);
  if (bytesOf(text) > MOST_BYTES) throw tooLong(what, MOST_BYTES);
  return text;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
