import type { Tokenizer } from "../plan/tokenizer.js";

export type { Tokenizer };

/**
 * A tokenizer whose tables come from elsewhere. `summarize` awaits `load` before its first count; when
 * it rejects, counts are approximate and the result carries a warning.
 */
export interface LoadableTokenizer extends Tokenizer {
  /** Resolves once `count` can be called. Calling it again costs nothing. */
  load(): Promise<void>;
}
