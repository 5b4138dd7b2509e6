import { SummarizationError } from "./summarization-error.js";

/** The content is not something that can be summarized: thrown before any call. */
export class InvalidContentError extends SummarizationError {
  constructor(value: unknown) {
    const received = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
    super({
      code: "invalid_content",
      message: `The content must be a string, got ${received}. Convert it to text first.`,
      context: { received },
    });
    this.name = "InvalidContentError";
  }
}
