import type { ServerResponse } from "node:http";
import { approximate } from "@gro/summarizer";
import { Billing } from "../billing.js";
import type { Cue } from "../faults.js";
import {
  closed,
  cutConnection,
  startServer,
  type LoopbackServer,
  type ReceivedRequest,
} from "../http-server.js";
import { sendJson } from "../send.js";
import { ApiError, usualError } from "./api-error.js";
import { answerChat, type ChatSettings } from "./chat-completions.js";

export interface OpenAIEmulatorOptions extends Partial<ChatSettings> {
  /** What goes wrong with which request. */
  readonly cue?: Cue;
}

export interface OpenAIEmulator extends LoopbackServer {
  readonly billing: Billing;
  /** A key that it accepts; empty where it asks for none. */
  readonly key: string;
}

export const OPENAI_KEY = "sk-proj-emulated-0123456789abcdef";

const MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-5-mini", "o4-mini"];

/** An OpenAI API on this machine. Answers by rule, bills what it answered, and fails on cue. */
export async function startOpenAI(options: OpenAIEmulatorOptions = {}): Promise<OpenAIEmulator> {
  const { cue, ...given } = options;
  const billing = new Billing();
  const settings: ChatSettings = {
    keys: [OPENAI_KEY],
    models: MODELS,
    dialect: "openai",
    behaviour: "obedient",
    tokenizer: approximate(),
    contextLength: 128_000,
    overflow: "refuse",
    thinkingTokens: 400,
    cachedTokens: 0,
    isCounting: true,
    ...given,
  };

  async function answer(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const requestId = `req_emulated_${request.number}`;
    const headers = { "x-request-id": requestId };
    const fault = cue?.(request);
    try {
      if (fault?.kind === "hang") {
        await closed(response);
      } else if (fault?.kind === "cut-before-headers") {
        cutConnection(response);
      } else if (fault?.kind === "status") {
        const { status, type, code, words, body } = fault;
        const sent = body ?? usualError(status, type, code, words).body();
        await sendJson(response, status, sent, { ...headers, ...fault.headers });
      } else if (`${request.method} ${request.path}` === "POST /v1/chat/completions") {
        await answerChat(request, response, settings, billing, requestId, fault);
      } else {
        const words = `Invalid URL (${request.method} ${request.path})`;
        throw new ApiError(404, "invalid_request_error", null, words);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await sendJson(response, error.status, error.body(), headers);
    }
  }

  const server = await startServer(answer);
  return { ...server, billing, key: settings.keys[0] ?? "" };
}

/** Ollama on this machine: no key, a short context, and prompts cut without a word. */
export function startOllama(options: OpenAIEmulatorOptions = {}): Promise<OpenAIEmulator> {
  return startOpenAI({
    keys: [],
    models: ["llama3.2"],
    dialect: "local",
    contextLength: 4_096,
    overflow: "cut",
    ...options,
  });
}
