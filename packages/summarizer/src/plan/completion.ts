/** What is sent to a model: exactly the part of a step that its key is made of, with the model's id. */
export interface CompletionRequest {
  /** Instructions. Never holds the caller's content. */
  readonly system: string;
  /** The task and the content, each piece of content inside its own delimiters. */
  readonly prompt: string;
  /** Output limit in the model's tokens, larger than what the prompt asks for, so that a sentence can end. */
  readonly maxOutputTokens: number;
}

/** Why a model stopped: it was done, it reached `maxOutputTokens`, it declined, or anything else. */
export type FinishReason = "stop" | "length" | "refusal" | "other";

/** Tokens of one call, as the provider counted them. */
export interface CompletionUsage {
  /** All tokens of the request, cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input tokens read from the provider's prompt cache, where it says so. */
  readonly cachedInputTokens?: number;
  /** Input tokens written to the provider's prompt cache, where it says so. */
  readonly cacheWriteTokens?: number;
}

/** A model's answer. Plain data: a memo stores it as it is, but for `requestId`. */
export interface Completion {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: CompletionUsage;
  /** Optional: the provider's id of the call, for errors about the answer. No memo keeps it. */
  readonly requestId?: string;
}
