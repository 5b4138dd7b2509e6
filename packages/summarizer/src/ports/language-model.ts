import type { Completion, CompletionRequest } from "../plan/completion.js";

/** A request on its way to a model, with the signal that tells the model to stop. */
export interface GenerateRequest extends CompletionRequest {
  /** Aborted when the caller stops the run or the call has taken too long. */
  readonly signal?: AbortSignal;
}

/**
 * Whatever turns a prompt into text. The one port that every caller provides.
 *
 * An error thrown by `generate` ends the run, unless it carries `isRetryable: true`; then the
 * retry policy asks again, after `retryAfterMs` when the error says so.
 */
export interface LanguageModel {
  /** Names vendor and model, for example `"anthropic:claude-haiku-4-5"`. Part of every step key. */
  readonly id: string;
  /** Answers one request. Calls may overlap; order does not matter. */
  generate(request: GenerateRequest): Promise<Completion>;
}
