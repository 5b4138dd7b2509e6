import type { ServerResponse } from "node:http";
import type { Tokenizer } from "@gro/summarizer";
import type { Behaviour } from "@gro/summarizer/testing";
import { piecesOf, writeAnswer, type EmulatedAnswer } from "../answer.js";
import { hashOfBody, type BilledUsage, type Billing } from "../billing.js";
import type { Fault } from "../faults.js";
import type { ReceivedRequest } from "../http-server.js";
import { sendEvents, sendJson } from "../send.js";
import { ApiError } from "./api-error.js";
import { checkMessagesRequest, THINKS_BY_DEFAULT, type Allowed, type CheckedBody } from "./check-messages.js";

export interface MessagesSettings extends Allowed {
  readonly behaviour: Behaviour;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  /** What a model thinks that thinks by default. */
  readonly thinkingTokens: number;
  /** How much of the input comes from the prompt cache, and how much goes into it. */
  readonly cache: { readonly readTokens: number; readonly writeTokens: number };
}

const STOP_REASONS = { done: "end_turn", limit: "max_tokens", refusal: "refusal" } as const;

function usageOf(answer: EmulatedAnswer, inputTokens: number, { cache }: MessagesSettings): BilledUsage {
  const cachedInputTokens = Math.min(cache.readTokens, inputTokens);
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteTokens: Math.min(cache.writeTokens, inputTokens - cachedInputTokens),
    outputTokens: answer.outputTokens,
  };
}

/** The API counts what is neither read from the cache nor written to it by itself. */
function usageInAnswer(usage: BilledUsage, outputTokens: number) {
  return {
    input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedInputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    output_tokens: outputTokens,
    service_tier: "standard",
  };
}

function contentOf({ text, thinkingTokens }: EmulatedAnswer): object[] {
  return [
    ...(thinkingTokens === 0 ? [] : [{ type: "thinking", thinking: "", signature: "c2lnbmF0dXJl" }]),
    ...(text === "" ? [] : [{ type: "text", text, citations: null }]),
  ];
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
}

function blockEvents(block: object, index: number): string[] {
  const { type, text } = block as { type: string; text?: string };
  const isText = type === "text";
  const start = isText ? { ...block, text: "" } : { type, thinking: "", signature: "" };
  const deltas = isText
    ? piecesOf(text ?? "").map((piece) => ({ type: "text_delta", text: piece }))
    : [{ type: "signature_delta", signature: "c2lnbmF0dXJl" }];
  return [
    event("content_block_start", { index, content_block: start }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
}

interface Message {
  readonly content: object[];
  readonly stop_reason: string;
  readonly usage: unknown;
}

function eventsOf(message: Message, startUsage: object): string[] {
  const { content, stop_reason, usage } = message;
  const empty = { ...message, content: [], stop_reason: null, usage: startUsage };
  return [
    event("message_start", { message: empty }),
    event("ping", {}),
    ...content.flatMap(blockEvents),
    event("message_delta", { delta: { stop_reason, stop_sequence: null }, usage }),
    event("message_stop", {}),
  ];
}

function checkLength({ request }: CheckedBody, inputTokens: number, contextLength: number): void {
  if (inputTokens + request.maxOutputTokens <= contextLength) return;
  const words =
    inputTokens > contextLength
      ? `prompt is too long: ${inputTokens} tokens > ${contextLength} maximum`
      : `input length and \`max_tokens\` exceed context limit: ${inputTokens} + ${request.maxOutputTokens} > ${contextLength}`;
  throw new ApiError(400, "invalid_request_error", words);
}

/** What the API answers to a body that it accepts, and what that costs. */
export interface ComposedMessage {
  readonly message: Message & Readonly<Record<string, unknown>>;
  readonly usage: BilledUsage;
}

/** @throws ApiError when the prompt does not fit. */
export function composeMessage(
  checked: CheckedBody,
  settings: MessagesSettings,
  id: string,
  fault: Fault | undefined,
): ComposedMessage {
  const { model, request } = checked;
  const inputTokens = settings.tokenizer.count(request.system) + settings.tokenizer.count(request.prompt);
  checkLength(checked, inputTokens, settings.contextLength);

  const isThinking = checked.thinking === "default" && THINKS_BY_DEFAULT.test(model);
  const answer = writeAnswer(request, settings, isThinking ? settings.thinkingTokens : 0, fault);
  const usage = usageOf(answer, inputTokens, settings);
  const message = {
    id,
    type: "message",
    role: "assistant",
    model,
    content: contentOf(answer),
    stop_reason: STOP_REASONS[answer.ending],
    stop_sequence: null,
    usage: fault?.kind === "strange-usage" ? fault.usage : usageInAnswer(usage, answer.outputTokens),
  };
  return { message, usage };
}

/** `POST /v1/messages`. @throws ApiError */
export async function answerMessages(
  received: ReceivedRequest,
  response: ServerResponse,
  settings: MessagesSettings,
  billing: Billing,
  requestId: string,
  fault: Fault | undefined,
): Promise<void> {
  const checked = checkMessagesRequest(received, settings);
  const { model, isStreamed } = checked;
  const id = `msg_${String(received.number).padStart(6, "0")}`;
  const { message, usage } = composeMessage(checked, settings, id, fault);
  const headers = { "request-id": requestId };
  const events = isStreamed ? eventsOf(message, usageInAnswer(usage, 1)) : [];
  const isBroken = isStreamed && fault?.kind === "error-in-stream";
  if (isBroken) {
    const error = { type: fault.type, message: fault.words };
    events.splice(fault.afterEvents, Infinity, event("error", { error }));
  }
  const isWhole = isStreamed
    ? await sendEvents(response, events, headers, isBroken ? undefined : fault)
    : await sendJson(response, 200, message, headers, fault);
  if (!isWhole || isBroken) return;
  billing.add({
    requestNumber: received.number,
    requestId,
    model,
    bodyHash: hashOfBody(checked.body),
    usage,
  });
}
