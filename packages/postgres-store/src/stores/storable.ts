import { unstorable } from "../errors/store-errors.js";

const NUL = "\0";

/** Checks a text that stands for something. Texts for people are kept as JSON, which can hold every character. @throws StoreError */
export function storable(what: string, text: string): string {
  if (text.includes(NUL) || !isWellFormed(text)) throw unstorable(what);
  return text;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
