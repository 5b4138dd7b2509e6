import type { Anthropic } from "@anthropic-ai/sdk";
import {
  ModelError,
  usageFrom,
  type Completion,
  type CompletionRequest,
  type FinishReason,
} from "@gro/summarizer";
import type { Connection } from "./client.js";

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
};

/** What an answer says, whether it came whole or in pieces. */
export interface Answer {
  readonly text: string;
  readonly stopReason: string | null | undefined;
  readonly usage: Partial<Anthropic.MessageDeltaUsage> | undefined;
}

/** The parts of the input are counted separately: uncached, read from the cache, written to it. */
function inputTokensOf(usage: Answer["usage"]): number | undefined {
  const uncached = usage?.input_tokens ?? undefined;
  if (usage === undefined || uncached === undefined) return undefined;
  return uncached + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
}

export function completionOf({ text, stopReason, usage }: Answer, request: CompletionRequest): Completion {
  return {
    text,
    finishReason: FINISH_REASONS[stopReason ?? ""] ?? "other",
    usage: usageFrom(
      {
        inputTokens: inputTokensOf(usage),
        outputTokens: usage?.output_tokens,
        cachedInputTokens: usage?.cache_read_input_tokens,
        cacheWriteTokens: usage?.cache_creation_input_tokens,
      },
      request,
      text,
    ),
  };
}

export function malformedAnswer(
  { provider, model, address }: Connection,
  requestId: string | null | undefined,
): ModelError {
  return new ModelError({
    kind: "malformed_response",
    provider,
    model,
    message: `the answer of ${address} is no message of the Messages API; does the base URL lead to it?`,
    requestId: requestId ?? undefined,
  });
}

/** @throws ModelError of kind `malformed_response` when the server sent something else, whatever the SDK's types say. */
export function completionFrom(
  message: Anthropic.Message,
  request: CompletionRequest,
  connection: Connection,
  requestId: string | null | undefined,
): Completion {
  const { content, stop_reason, usage }: Partial<Anthropic.Message> =
    typeof message === "object" && message !== null ? message : {};
  if (!Array.isArray(content)) throw malformedAnswer(connection, requestId);
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return completionOf({ text, stopReason: stop_reason, usage }, request);
}
