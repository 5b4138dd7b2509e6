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
import { answerBatches, noCredit, type BatchRoutes } from "./batches.js";
import { answerMessages, type MessagesSettings } from "./messages.js";

export interface AnthropicEmulatorOptions extends Partial<MessagesSettings> {
  /** What goes wrong with which request. */
  readonly cue?: Cue;
  readonly batches?: Partial<BatchSettings>;
}

export interface AnthropicEmulator extends LoopbackServer {
  readonly billing: Billing;
  readonly credit: Credit;
  readonly batches: BatchDesk;
  /** A key that it accepts. */
  readonly key: string;
}

export const ANTHROPIC_KEY = "sk-ant-api03-emulated-0123456789abcdef";

const MODELS = [
  "claude-haiku-4-5",
  "claude-opus-4-8",
  "claude-opus-5",
  "claude-haiku-5-5",
  "claude-sonnet-5-5",
  "claude-opus-5-5",
  "claude-fable-5-2",
];

/** An Anthropic API on this machine. Answers by rule, bills what it answered, and fails on cue. */
export async function startAnthropic(options: AnthropicEmulatorOptions = {}): Promise<AnthropicEmulator> {
  const { cue, batches: batchSettings, ...given } = options;
  const billing = new Billing();
  const credit = new Credit();
  const batches = new BatchDesk({ ...USUAL_SETTINGS, ...batchSettings });
  const settings: MessagesSettings = {
    keys: [ANTHROPIC_KEY],
    models: MODELS,
    behaviour: "obedient",
    tokenizer: approximate(),
    contextLength: 200_000,
    thinkingTokens: 400,
    cache: { readTokens: 0, writeTokens: 0 },
    ...given,
  };
  checkBehaviour(settings.behaviour);

  const routes: BatchRoutes = { desk: batches, settings, billing, credit, origin: () => server.url };

  async function answer(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const requestId = `req_emulated_${request.number}`;
    response.setHeader("date", new Date(batches.settings.now()).toUTCString());
    const headers = { "request-id": requestId };
    const fault = checkFault(cue?.(request));
    try {
      if (fault?.kind === "hang") {
        await closed(response);
      } else if (fault?.kind === "cut-before-headers") {
        cutConnection(response);
      } else if (fault?.kind === "status") {
        const { status, type, words, body } = fault;
        const sent = body ?? usualError(status, type, words).body(requestId);
        await sendJson(response, status, sent, { ...headers, ...fault.headers });
      } else if (`${request.method} ${request.path}` === "POST /v1/messages") {
        if (!credit.spend()) throw noCredit();
        await answerMessages(request, response, settings, billing, requestId, fault);
      } else {
        const reply = answerBatches(request, routes);
        if (reply === undefined) throw new ApiError(404, "not_found_error", "Not found");
        const errorOf = (status: number) => usualError(status).body(requestId);
        await sendReply(response, reply, headers, fault, errorOf);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await sendJson(response, error.status, error.body(requestId), headers);
    }
  }

  const server = await startServer(answer);
  return { ...server, billing, credit, batches, key: settings.keys[0] ?? ANTHROPIC_KEY };
}
