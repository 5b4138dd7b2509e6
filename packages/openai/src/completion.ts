import {
  malformedAnswer,
  refuseErrorBody,
  requestIdOf,
  usageFrom,
  type Completion,
  type CompletionRequest,
  type FinishReason,
} from "@gro/summarizer";
import type { OpenAI } from "openai";
import type { Connection } from "./client.js";
import { withoutThinking } from "./thinking.js";

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  content_filter: "refusal",
};

/** What an answer says, whether it came whole or in pieces. */
export interface Answer {
  readonly text: string;
  readonly finishReason: string | null | undefined;
  /** Whether the model said in words that it declines. */
  readonly isRefusal: boolean;
  readonly usage: Partial<OpenAI.CompletionUsage> | null | undefined;
  /** The server's id of the call. */
  readonly requestId: string | null | undefined;
}

/** What an answer comes to, by itself. */
export function unwatchedCompletion(
  answer: Answer,
  request: CompletionRequest,
  connection: Connection,
): Completion {
  const { text, finishReason, isRefusal, usage } = answer;
  const requestId = requestIdOf(answer.requestId, connection);
  const reported = {
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
    cachedInputTokens: usage?.prompt_tokens_details?.cached_tokens,
    cacheWriteTokens: usage?.prompt_tokens_details?.cache_write_tokens,
  };
  return {
    text: withoutThinking(text),
    finishReason: isRefusal ? "refusal" : (FINISH_REASONS[finishReason ?? ""] ?? "other"),
    usage: usageFrom(reported, request, text),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** @throws ModelError of kind `prompt_was_cut` when the server read less than was sent. */
export function completionOf(answer: Answer, request: CompletionRequest, connection: Connection): Completion {
  const completion = unwatchedCompletion(answer, request, connection);
  // Servers that do not count say nothing, or 0.
  const isCounted = (answer.usage?.prompt_tokens ?? 0) > 0;
  const { inputTokens } = completion.usage;
  connection.prompts.check(isCounted ? inputTokens : undefined, request, completion.requestId);
  return completion;
}

export const NO_CHAT_COMPLETION = "no chat completion; does the base URL lead to it, and need /v1?";

/** Text, or parts of which some are text: the protocol has the first, some servers answer with the second. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: { readonly type?: unknown; readonly text?: unknown } | null) =>
      part?.type === "text" && typeof part.text === "string" ? part.text : "",
    )
    .join("");
}

/** @throws ModelError of kind `malformed_response` when the server sent something else, whatever the SDK's types say. */
export function answerIn(
  chat: unknown,
  connection: Connection,
  requestId: string | null | undefined,
): Answer {
  refuseErrorBody(chat);
  const { choices, usage }: Partial<OpenAI.ChatCompletion> =
    typeof chat === "object" && chat !== null ? chat : {};
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  if (typeof choice?.message !== "object" || choice.message === null)
    throw malformedAnswer(connection, NO_CHAT_COMPLETION, requestId);
  const { content, refusal } = choice.message;
  const isRefusal = typeof refusal === "string" && refusal !== "";
  return { text: textOf(content), finishReason: choice.finish_reason, isRefusal, usage, requestId };
}

/** @throws ModelError of kind `malformed_response` or `prompt_was_cut`. */
export function completionFrom(
  chat: unknown,
  request: CompletionRequest,
  connection: Connection,
  requestId: string | null | undefined,
): Completion {
  return completionOf(answerIn(chat, connection, requestId), request, connection);
}
