import type { Completion, CompletionRequest } from "../plan/completion.js";

/** A request on its way to a model, with the signal that tells the model to stop. */
export interface GenerateRequest extends CompletionRequest {
  /** Aborted when the caller stops the run or the call has taken too long. */
  readonly signal?: AbortSignal;
}

/** A piece of a streamed answer: some text, any number of times, then the whole completion, once and last. */
export type StreamPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "completion"; readonly completion: Completion };

/**
 * Whatever turns a prompt into text. The one port that every caller provides.
 *
 * An error thrown by `generate` or `stream` ends the run, unless it carries `isRetryable: true`; then the
 * retry policy asks again, after `retryAfterMs` when the error says so. `ModelError` says all that.
 */
export interface LanguageModel {
  /** Names vendor and model, for example `"anthropic:claude-haiku-4-5"`. Part of every step key. */
  readonly id: string;
  /**
   * Optional: tokens that the model can take in and put out together. Requests that might need more are divided before
   * they are sent. Without it, the provider's refusal of a request divides it.
   */
  readonly contextTokens?: number;
  /**
   * Optional: tokens that the model may spend on thinking in a call, on top of `maxOutputTokens`, and that are billed as
   * output. Budgets set them aside and estimates count them in the worst case.
   */
  readonly reasoningTokens?: number;
  /** Answers one request. Calls may overlap; order does not matter. */
  generate(request: GenerateRequest): Promise<Completion>;
  /**
   * Optional: answers one request piece by piece. The texts joined are the completion's text. Ends with an error, never
   * quietly, when the answer breaks off; a consumer that stops early closes the connection.
   */
  stream?(request: GenerateRequest): AsyncIterable<StreamPart>;
}
