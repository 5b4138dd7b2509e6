import type { CompletionRequest, GenerateRequest } from "@gro/summarizer";
import type { OpenAI } from "openai";
import { LONGEST_TIMEOUT_MS } from "./client.js";

export type OutputLimitName = "max_tokens" | "max_completion_tokens";
export type ReasoningEffort = NonNullable<OpenAI.ReasoningEffort>;

/** What of a request is the same in every call. */
export interface RequestSettings {
  readonly model: string;
  readonly temperature: number | undefined;
  readonly reasoningEffort: ReasoningEffort | undefined;
  readonly reasoningTokens: number;
  readonly limitName: OutputLimitName;
}

type ChatRequest = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** OpenAI's newer models refuse `max_tokens`; other servers may pass over `max_completion_tokens` and write without a limit. */
export function limitNameAt(address: string): OutputLimitName {
  const { hostname } = new URL(address);
  return /(^|\.)(openai\.com|openai\.azure\.com)$/u.test(hostname) ? "max_completion_tokens" : "max_tokens";
}

/** What is sent for a request. */
export function chatRequest(request: CompletionRequest, settings: RequestSettings): ChatRequest {
  const { system, prompt, maxOutputTokens } = request;
  const { model, temperature, reasoningEffort, reasoningTokens, limitName } = settings;
  return {
    model,
    [limitName]: maxOutputTokens + reasoningTokens,
    messages: [
      ...(system === "" ? [] : [{ role: "system" as const, content: system }]),
      { role: "user" as const, content: prompt },
    ],
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
  };
}

/** How it is sent: once, and for as long as the caller waits. A caller's client may have been set up otherwise. */
export function requestOptions({ signal }: GenerateRequest) {
  return { maxRetries: 0, timeout: LONGEST_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
}
