import { tooLong, unstorable } from "../errors/store-errors.js";

/** An index takes up to 2,704 bytes, over one or two texts. */
const MOST_BYTES = 1_200;
/** Of one character of a string. */
const MOST_BYTES_OF_ONE = 3;

const NUL = "\0";
/** In texts that have none of these characters, as nearly all, the others need not be looked for. */
const SELDOM = /[\0\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Checks a text that stands for something. Texts for people are kept as JSON, which can hold every character. @throws StoreError */
export function storable(what: string, text: string): string {
  if (SELDOM.test(text) && (text.includes(NUL) || LONE_SURROGATE.test(text))) throw unstorable(what);
  if (text.length * MOST_BYTES_OF_ONE > MOST_BYTES && bytesOf(text) > MOST_BYTES)
    throw tooLong(what, MOST_BYTES);
  return text;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
