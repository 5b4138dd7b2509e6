import { TokenizerFailedError } from "../errors/tokenizer-error.js";
import type { Tokenizer } from "../ports/tokenizer.js";

/** The same tokenizer, which refuses counts that no text can have: with NaN, every comparison would go wrong quietly. */
export function checkedTokenizer(tokenizer: Tokenizer): Tokenizer {
  const { id } = tokenizer;
  return {
    id,
    addsUpBetweenWords: tokenizer.addsUpBetweenWords === true,
    count: (text) => checkedCount(id, tokenizer.count(text)),
    *countInParts(text) {
      if (typeof tokenizer.countInParts !== "function") return checkedCount(id, tokenizer.count(text));
      return checkedCount(id, yield* tokenizer.countInParts(text));
    },
  };
}

function checkedCount(id: string, count: number): number {
  if (Number.isFinite(count) && count >= 0) return count;
  throw new TokenizerFailedError(id, `counted ${String(count)} tokens; a count is a number of at least 0`);
}
