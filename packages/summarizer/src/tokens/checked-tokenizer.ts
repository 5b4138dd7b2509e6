import { TokenizerFailedError } from "../errors/tokenizer-error.js";
import type { Tokenizer } from "../ports/tokenizer.js";

/** The same tokenizer, which refuses counts that no text can have: with NaN, every comparison would go wrong quietly. */
export function checkedTokenizer(tokenizer: Tokenizer): Tokenizer {
  return {
    id: tokenizer.id,
    addsUpBetweenWords: tokenizer.addsUpBetweenWords === true,
    count(text) {
      const count = tokenizer.count(text);
      if (Number.isFinite(count) && count >= 0) return count;
      throw new TokenizerFailedError(
        tokenizer.id,
        `counted ${String(count)} tokens; a count is a number of at least 0`,
      );
    },
  };
}
