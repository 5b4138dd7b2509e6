import {
  ModelError,
  usageFrom,
  type Completion,
  type CompletionRequest,
  type FinishReason,
} from "@gro/summarizer";
import type { OpenAI } from "openai";
import type { Connection } from "./client.js";
import { ErrorInAnswer } from "./errors.js";
import { checkPromptArrived } from "./prompt-was-cut.js";

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
}

/** @throws ModelError of kind `prompt_was_cut` when the server read less than was sent. */
export function completionOf(answer: Answer, request: CompletionRequest, connection: Connection): Completion {
  const { text, finishReason, isRefusal, usage } = answer;
  const reported = {
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
    cachedInputTokens: usage?.prompt_tokens_details?.cached_tokens,
    cacheWriteTokens: usage?.prompt_tokens_details?.cache_write_tokens,
  };
  const completion: Completion = {
    text,
    finishReason: isRefusal ? "refusal" : (FINISH_REASONS[finishReason ?? ""] ?? "other"),
    usage: usageFrom(reported, request, text),
  };
  // Servers that do not count say nothing, or 0.
  const isCounted = (reported.inputTokens ?? 0) > 0;
  checkPromptArrived(isCounted ? completion.usage.inputTokens : undefined, request, connection);
  return completion;
}

export function malformedAnswer(
  { provider, model, address }: Connection,
  requestId: string | null | undefined,
): ModelError {
  return new ModelError({
    kind: "malformed_response",
    provider,
    model,
    message: `the answer of ${address} is no chat completion; does the base URL lead to it, and need /v1?`,
    requestId: requestId ?? undefined,
  });
}

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
export function completionFrom(
  chat: OpenAI.ChatCompletion,
  request: CompletionRequest,
  connection: Connection,
  requestId: string | null | undefined,
): Completion {
  const { choices, usage, error }: Partial<OpenAI.ChatCompletion & { error: unknown }> =
    typeof chat === "object" && chat !== null ? chat : {};
  // Routers in front of several providers answer 200 before they know that theirs has failed.
  if (typeof error === "object" && error !== null) throw new ErrorInAnswer(error);
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  if (typeof choice?.message !== "object" || choice.message === null)
    throw malformedAnswer(connection, requestId);
  const { content, refusal } = choice.message;
  const isRefusal = typeof refusal === "string" && refusal !== "";
  return completionOf(
    { text: textOf(content), finishReason: choice.finish_reason, isRefusal, usage },
    request,
    connection,
  );
}
