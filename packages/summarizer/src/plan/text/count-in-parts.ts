import type { InParts } from "../in-parts.js";
import type { Tokenizer } from "../tokenizer.js";

/** Shorter texts are counted at once, in UTF-16 units. */
const SHORT = 16_384;

/** `tokenizer.count(text)`, in parts where the tokenizer can. */
export function* countInParts(text: string, tokenizer: Tokenizer): InParts<number> {
  if (text.length <= SHORT) return tokenizer.count(text);
  yield;
  if (tokenizer.countInParts !== undefined) return yield* tokenizer.countInParts(text);
  const count = tokenizer.count(text);
  yield;
  return count;
}
