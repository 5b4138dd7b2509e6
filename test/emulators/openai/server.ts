import type { ServerResponse } from "node:http";
import { approximate } from "@gro/summarizer";
import { checkBehaviour } from "@gro/summarizer/testing";
import { BatchDesk } from "../batches/batch-desk.js";
import { USUAL_SETTINGS, type BatchSettings } from "../batches/settings.js";
import { Billing } from "../billing.js";
import { Credit } from "../credit.js";
import { checkFault, type Cue } from "../faults.js";
import {
  closed,
  cutConnection,
  startServer,
  type LoopbackServer,
  type ReceivedRequest,
} from "../http-server.js";
import { sendReply } from "../reply.js";
import { sendJson } from "../send.js";
import { ApiError, usualError } from "./api-error.js";
import { BatchApi, noCredit } from "./batches.js";
import { answerChat, type ChatSettings } from "./chat-completions.js";
import { answerFiles, FileDesk } from "./files.js";

export interface OpenAIEmulatorOptions extends Partial<ChatSettings> {
  /** What goes wrong with which request. */
  readonly cue?: Cue;
  readonly batches?: Partial<BatchSettings>;
}

export interface OpenAIEmulator extends LoopbackServer {
  readonly billing: Billing;
  readonly credit: Credit;
  readonly batches: BatchDesk;
  readonly files: FileDesk;
  /** A key that it accepts; empty where it asks for none. */
  readonly key: string;
}

export const OPENAI_KEY = "sk-proj-emulated-0123456789abcdef";

const LIMITS = { maxRequests: 50_000, maxBytes: 200 * 1024 * 1024, createsPerHour: 2_000 };

const MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-5-mini", "o4-mini"];

/** An OpenAI API on this machine. Answers by rule, bills what it answered, and fails on cue. */
export async function startOpenAI(options: OpenAIEmulatorOptions = {}): Promise<OpenAIEmulator> {
  const { cue, batches: batchSettings, ...given } = options;
  const billing = new Billing();
  const credit = new Credit();
  const files = new FileDesk();
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
  checkBehaviour(settings.behaviour);

  const batches: BatchDesk = new BatchDesk({ ...USUAL_SETTINGS, ...LIMITS, ...batchSettings }, (job) =>
    api.validate(job),
  );
  const api = new BatchApi({ desk: batches, files, settings, billing, credit });

  async function answer(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const requestId = `req_emulated_${request.number}`;
    response.setHeader("date", new Date(batches.settings.now()).toUTCString());
    const headers = { "x-request-id": requestId };
    const fault = checkFault(cue?.(request));
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
        if (!credit.spend()) throw noCredit();
        await answerChat(request, response, settings, billing, requestId, fault);
      } else {
        const routes = { files, settings, batchSettings: batches.settings };
        const reply = answerFiles(request, routes) ?? api.answer(request);
        const words = `Invalid URL (${request.method} ${request.path})`;
        if (reply === undefined) throw new ApiError(404, "invalid_request_error", null, words);
        await sendReply(response, reply, headers, fault, (status) => usualError(status).body());
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await sendJson(response, error.status, error.body(), headers);
    }
  }

  const server = await startServer(answer);
  return { ...server, billing, credit, batches, files, key: settings.keys[0] ?? "" };
}

/** Ollama on this machine: no key, a short context, and prompts cut without a word, as its newest versions do. */
export function startOllama(options: OpenAIEmulatorOptions = {}): Promise<OpenAIEmulator> {
  return startOpenAI({
    keys: [],
    models: ["llama3.2"],
    dialect: "local",
    contextLength: 4_096,
    overflow: "cut-to-half",
    ...options,
  });
}
