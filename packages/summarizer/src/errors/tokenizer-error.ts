import { SummarizationError } from "./summarization-error.js";

/** `count` was called where the encoding's tables can only be loaded asynchronously, as in browsers. */
export class TokenizerNotLoadedError extends SummarizationError {
  constructor(encoding: string) {
    super({
      code: "tokenizer_not_loaded",
      message: `The encoding ${encoding} is not loaded: await tokenizer.load() before the first count.`,
      context: { encoding },
    });
    this.name = "TokenizerNotLoadedError";
  }
}

/** A tokenizer gave a count that no text can have, or one with which no chunk can be made. */
export class TokenizerFailedError extends SummarizationError {
  constructor(tokenizer: string, problem: string) {
    super({
      code: "tokenizer_failed",
      message: `The tokenizer ${tokenizer} ${problem}.`,
      context: { tokenizer },
    });
    this.name = "TokenizerFailedError";
  }
}
