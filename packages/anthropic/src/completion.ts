import type { Anthropic } from "@anthropic-ai/sdk";
import {
  malformedAnswer,
  refuseErrorBody,
  requestIdOf,
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
  /** The server's id of the call. */
  readonly requestId: string | null | undefined;
}

/** The parts of the input are counted separately: uncached, read from the cache, written to it. */
function inputTokensOf(usage: Answer["usage"]): number | undefined {
  const uncached = usage?.input_tokens ?? undefined;
  if (usage === undefined || uncached === undefined) return undefined;
  return uncached + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
}

export function completionOf(answer: Answer, request: CompletionRequest, connection: Connection): Completion {
  const { text, stopReason, usage } = answer;
  const requestId = requestIdOf(answer.requestId, connection);
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
    ...(requestId === undefined ? {} : { requestId }),
  };
}

export const NO_MESSAGE = "no message of the Messages API; does the base URL lead to it?";

/** @throws ModelError of kind `malformed_response` when the server sent something else, whatever the SDK's types say. */
export function completionFrom(
  message: unknown,
  request: CompletionRequest,
  connection: Connection,
  requestId: string | null | undefined,
): Completion {
  refuseErrorBody(message);
  const { content, stop_reason, usage }: Partial<Anthropic.Message> =
    typeof message === "object" && message !== null ? message : {};
  if (!Array.isArray(content)) throw malformedAnswer(connection, NO_MESSAGE, requestId);
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return completionOf({ text, stopReason: stop_reason, usage, requestId }, request, connection);
}
