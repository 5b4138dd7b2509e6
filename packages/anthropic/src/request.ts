import type { Anthropic } from "@anthropic-ai/sdk";
import type { CompletionRequest, GenerateRequest } from "@gro/summarizer";
import { LONGEST_TIMEOUT_MS } from "./client.js";

/** What of a request is the same in every call. */
export interface RequestSettings {
  readonly model: string;
  readonly temperature: number | undefined;
  readonly reasoningTokens: number;
}

/** Newer versions of the API have no temperature any more, and the SDK's types neither. */
type MessagesRequest = Anthropic.MessageCreateParamsNonStreaming & { temperature?: number };

/** These refuse to have their thinking switched off. */
const ALWAYS_THINKING = /claude-(fable|mythos)-/u;

/**
 * Claude 5 and later think before they write unless they are told not to, and their thinking counts against
 * `max_tokens`: a short summary's limit would be used up before its first word.
 */
function thinkingFor({ model, reasoningTokens }: RequestSettings): Pick<MessagesRequest, "thinking"> {
  return reasoningTokens > 0 || ALWAYS_THINKING.test(model) ? {} : { thinking: { type: "disabled" } };
}

/** What is sent for a request. */
export function messagesRequest(request: CompletionRequest, settings: RequestSettings): MessagesRequest {
  const { system, prompt, maxOutputTokens } = request;
  const { model, temperature, reasoningTokens } = settings;
  return {
    model,
    max_tokens: maxOutputTokens + reasoningTokens,
    ...(system === "" ? {} : { system }),
    messages: [{ role: "user", content: prompt }],
    ...thinkingFor(settings),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

/** How it is sent: once, and for as long as the caller waits. A caller's client may have been set up otherwise. */
export function requestOptions({ signal }: GenerateRequest) {
  return { maxRetries: 0, timeout: LONGEST_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
}
