import { checkModelSettings, failureOfCall, InvalidOptionError, type LanguageModel } from "@gro/summarizer";
import { connect, type Connection, type ConnectionOptions } from "./client.js";
import { completionFrom } from "./completion.js";
import {
  chatRequest,
  limitNameAt,
  requestOptions,
  type OutputLimitName,
  type ReasoningEffort,
  type RequestSettings,
} from "./request.js";
import { streamParts } from "./stream.js";

export interface OpenAIOptions extends ConnectionOptions {
  /** Sent only when it is set, and then part of the model's id. */
  readonly temperature?: number | undefined;
  /**
   * How much a reasoning model thinks. Sent only when it is set, and then part of the model's id. Summaries need little: set the
   * least that the model takes, such as `"none"` or `"minimal"`.
   */
  readonly reasoningEffort?: ReasoningEffort | undefined;
  /**
   * Room for the model's thinking, in tokens, on top of each request's output limit; it is billed as output. Reasoning models
   * that cannot be told not to think need it, or they use up the limit before the first word. When set, it is part of the
   * model's id. @default 0
   */
  readonly reasoningTokens?: number | undefined;
  /** Tokens that the model can take in and put out together: longer requests are divided before they are sent. */
  readonly contextTokens?: number | undefined;
  /**
   * What the server calls the limit of the output. @default `"max_completion_tokens"` at OpenAI and Azure, `"max_tokens"`,
   * which all servers know that speak the protocol, anywhere else
   */
  readonly outputLimitName?: OutputLimitName | undefined;
}

/** A model that can stream, with the room it has for thinking beyond a request's output limit. */
export interface OpenAIModel extends LanguageModel {
  readonly reasoningTokens: number;
  readonly stream: NonNullable<LanguageModel["stream"]>;
}

/** The id says everything about a call that the request does not: it is part of every step key. */
export function idOf({ model, temperature, reasoningEffort, reasoningTokens }: RequestSettings): string {
  const settings = [
    temperature === undefined ? "" : `;temperature=${temperature}`,
    reasoningEffort === undefined ? "" : `;reasoningEffort=${reasoningEffort}`,
    reasoningTokens === 0 ? "" : `;reasoningTokens=${reasoningTokens}`,
  ];
  return `openai:${model}${settings.join("")}`;
}

const LIMIT_NAMES: readonly OutputLimitName[] = ["max_tokens", "max_completion_tokens"];

/** @throws InvalidOptionError that names an option out of its range. */
export function checkSettings(model: string, options: OpenAIOptions): void {
  checkModelSettings(model, options, { example: "gpt-4o-mini", highestTemperature: 2 });
}

export function settingsFrom(
  model: string,
  options: OpenAIOptions,
  { address }: Connection,
): RequestSettings {
  const { temperature, reasoningEffort, reasoningTokens = 0, outputLimitName } = options;
  // Which efforts there are differs from model to model, and new ones come: the server knows.
  if (
    reasoningEffort !== undefined &&
    !(typeof reasoningEffort === "string" && /^[a-z]+$/u.test(reasoningEffort))
  ) {
    throw new InvalidOptionError("reasoningEffort", reasoningEffort, 'a word such as "minimal" or "low"');
  }
  if (outputLimitName !== undefined && !LIMIT_NAMES.includes(outputLimitName)) {
    throw new InvalidOptionError("outputLimitName", outputLimitName, LIMIT_NAMES.join(" or "));
  }
  const limitName = outputLimitName ?? limitNameAt(address);
  return { model, temperature, reasoningEffort, reasoningTokens, limitName };
}

/**
 * A model of OpenAI, or of any server that speaks its Chat Completions protocol, on the official SDK. Calls are made once: the
 * run's own retry policy repeats them.
 *
 * ```ts
 * const model = openai("gpt-4o-mini", { apiKey: process.env.OPENAI_API_KEY });
 * const local = openai("llama3.2", { baseURL: "http://localhost:11434/v1" });
 * ```
 *
 * @throws ModelError of kind `credentials_missing` when there is no key, no base URL and no client. No environment variable is
 * read.
 * @throws InvalidOptionError that names an option out of its range.
 */
export function openai(model: string, options: OpenAIOptions = {}): OpenAIModel {
  checkSettings(model, options);
  const connection = connect(model, options);
  const settings = settingsFrom(model, options, connection);
  return {
    id: idOf(settings),
    reasoningTokens: settings.reasoningTokens,
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    async generate(request) {
      const call = connection.completions.create(chatRequest(request, settings), requestOptions(request));
      try {
        const { data, request_id } = await call.withResponse();
        return completionFrom(data, request, connection, request_id);
      } catch (error) {
        throw await failureOfCall(error, request, connection, call);
      }
    },
    stream: (request) => streamParts(request, settings, connection),
  };
}
