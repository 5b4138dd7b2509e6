import type { ServerResponse } from "node:http";
import type { Tokenizer } from "@gro/summarizer";
import type { Behaviour } from "@gro/summarizer/testing";
import { piecesOf, writeAnswer, type EmulatedAnswer } from "../answer.js";
import { hashOfBody, type BilledUsage, type Billing } from "../billing.js";
import type { Fault } from "../faults.js";
import type { ReceivedRequest } from "../http-server.js";
import { sendEvents, sendJson } from "../send.js";
import { ApiError } from "./api-error.js";
import { checkChatRequest, type Allowed, type CheckedBody } from "./check-chat.js";

export interface ChatSettings extends Allowed {
  readonly behaviour: Behaviour;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  /**
   * What happens to a prompt that is longer: most servers refuse it; Ollama cuts it and says nothing, to its context until 0.30.10
   * and to half of it since.
   */
  readonly overflow: "refuse" | "cut" | "cut-to-half";
  /** What a reasoning model thinks that is not told to think little. */
  readonly thinkingTokens: number;
  /** How much of the input comes from the prompt cache. */
  readonly cachedTokens: number;
  /** Some servers count nothing. */
  readonly isCounting: boolean;
}

const FINISH_REASONS = { done: "stop", limit: "length", refusal: "stop" } as const;
const REFUSAL = "I'm sorry, I can't help with that.";
const CREATED = 1_767_225_600;

function usageInAnswer(
  { inputTokens, outputTokens, cachedInputTokens }: BilledUsage,
  thinkingTokens: number,
) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thinkingTokens, audio_tokens: 0 },
  };
}

interface Head {
  readonly id: string;
  readonly model: string;
}

function chunk({ id, model }: Head, delta: object, finishReason: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  return event({ id, object: "chat.completion.chunk", created: CREATED, model, choices, usage: null });
}

function event(data: object | string): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

function eventsOf(head: Head, answer: EmulatedAnswer, usage: unknown): string[] {
  const isRefusal = answer.ending === "refusal";
  const deltas = isRefusal
    ? piecesOf(REFUSAL).map((piece) => ({ refusal: piece }))
    : piecesOf(answer.text).map((piece) => ({ content: piece }));
  const { id, model } = head;
  const last = { id, object: "chat.completion.chunk", created: CREATED, model, choices: [], usage };
  return [
    chunk(head, { role: "assistant", content: "", refusal: null }, null),
    ...deltas.map((delta) => chunk(head, delta, null)),
    chunk(head, {}, FINISH_REASONS[answer.ending]),
    ...(usage === undefined ? [] : [event(last)]),
    event("[DONE]"),
  ];
}

/** Tokens that Ollama keeps of a prompt's beginning. */
const NUM_KEEP = 4;

function tokensAfterCut(contextLength: number, overflow: "cut" | "cut-to-half"): number {
  return overflow === "cut" ? contextLength : contextLength - Math.floor((contextLength - NUM_KEEP) / 2);
}

/** What is left of a prompt: its end, as Ollama keeps it. */
function fit(
  checked: CheckedBody,
  inputTokens: number,
  settings: ChatSettings,
): { inputTokens: number; checked: CheckedBody } {
  const { contextLength, overflow } = settings;
  const { request } = checked;
  if (overflow !== "refuse") {
    if (inputTokens <= contextLength) return { inputTokens, checked };
    const keptTokens = tokensAfterCut(contextLength, overflow);
    const kept = Math.floor((request.prompt.length * keptTokens) / inputTokens);
    return {
      inputTokens: keptTokens,
      checked: { ...checked, request: { ...request, prompt: request.prompt.slice(-kept) } },
    };
  }
  const wanted = inputTokens + request.maxOutputTokens;
  if (wanted <= contextLength) return { inputTokens, checked };
  throw new ApiError(
    400,
    "invalid_request_error",
    "context_length_exceeded",
    `This model's maximum context length is ${contextLength} tokens. However, you requested ${wanted} tokens ` +
      `(${inputTokens} in the messages, ${request.maxOutputTokens} in the completion).`,
  );
}

/** What the API answers to a body that it accepts, and what that costs. */
export interface ComposedChat {
  readonly head: Head;
  readonly answer: EmulatedAnswer;
  readonly body: object;
  readonly shownUsage: unknown;
  readonly usage: BilledUsage;
}

/** @throws ApiError when the prompt does not fit. */
export function composeChat(
  asked: CheckedBody,
  settings: ChatSettings,
  id: string,
  fault: Fault | undefined,
): ComposedChat {
  const count = (text: string) => settings.tokenizer.count(text);
  const { inputTokens, checked } = fit(
    asked,
    count(asked.request.system) + count(asked.request.prompt),
    settings,
  );
  const { model, request, isThinking } = checked;
  const answer = writeAnswer(request, settings, isThinking ? settings.thinkingTokens : 0, fault);
  const usage = {
    inputTokens,
    cachedInputTokens: Math.min(settings.cachedTokens, inputTokens),
    cacheWriteTokens: 0,
    outputTokens: answer.outputTokens,
  };
  const head = { id, model };
  const counted = fault?.kind === "strange-usage" ? fault.usage : usageInAnswer(usage, answer.thinkingTokens);
  const shownUsage = settings.isCounting ? counted : undefined;
  const isRefusal = answer.ending === "refusal";
  const message = {
    role: "assistant",
    content: isRefusal ? null : answer.text,
    refusal: isRefusal ? REFUSAL : null,
  };
  const body = {
    ...head,
    object: "chat.completion",
    created: CREATED,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH_REASONS[answer.ending] }],
    ...(shownUsage === undefined ? {} : { usage: shownUsage }),
  };
  return { head, answer, body, shownUsage, usage };
}

/** `POST /v1/chat/completions`. @throws ApiError */
export async function answerChat(
  received: ReceivedRequest,
  response: ServerResponse,
  settings: ChatSettings,
  billing: Billing,
  requestId: string,
  fault: Fault | undefined,
): Promise<void> {
  const checked = checkChatRequest(received, settings);
  const { model, isStreamed } = checked;
  const id = `chatcmpl-${String(received.number).padStart(6, "0")}`;
  const { head, answer, body, shownUsage, usage } = composeChat(checked, settings, id, fault);
  const headers = { "x-request-id": requestId };
  const events = isStreamed ? eventsOf(head, answer, checked.isUsageStreamed ? shownUsage : undefined) : [];
  const isBroken = isStreamed && fault?.kind === "error-in-stream";
  if (isBroken) {
    const error = { message: fault.words, type: fault.type, param: null, code: null };
    events.splice(fault.afterEvents, Infinity, event({ error }));
  }
  const isWhole = isStreamed
    ? await sendEvents(response, events, headers, isBroken ? undefined : fault)
    : await sendJson(response, 200, body, headers, fault);
  if (!isWhole || isBroken) return;
  billing.add({
    requestNumber: received.number,
    requestId,
    model,
    bodyHash: hashOfBody(checked.body),
    usage,
  });
}
