import { checkModelSettings, failureOfCall, type LanguageModel } from "@gro/summarizer";
import { connect, type ConnectionOptions } from "./client.js";
import { completionFrom } from "./completion.js";
import { messagesRequest, requestOptions, type RequestSettings } from "./request.js";
import { streamParts } from "./stream.js";

export interface AnthropicOptions extends ConnectionOptions {
  /**
   * Sent only when it is set, and then part of the model's id. The API version that the SDK sends refuses it; pass a `client`
   * with the header `anthropic-version: 2023-06-01` for models that still take it.
   */
  readonly temperature?: number | undefined;
  /**
   * Room for the model's thinking, in tokens, on top of each request's output limit; it is billed as output. At 0, thinking is
   * switched off, as it would use up the limit before the first word; above 0, the model thinks as it does by itself. Models that
   * always think (Fable, Mythos) need it. When set, it is part of the model's id. @default 0
   */
  readonly reasoningTokens?: number | undefined;
  /** Tokens that the model can take in and put out together: longer requests are divided before they are sent. */
  readonly contextTokens?: number | undefined;
}

/** A model that can stream, with the room it has for thinking beyond a request's output limit. */
export interface AnthropicModel extends LanguageModel {
  readonly reasoningTokens: number;
  readonly stream: NonNullable<LanguageModel["stream"]>;
}

/** The id says everything about a call that the request does not: it is part of every step key. */
export function idOf({ model, temperature, reasoningTokens }: RequestSettings): string {
  const settings = [
    temperature === undefined ? "" : `;temperature=${temperature}`,
    reasoningTokens === 0 ? "" : `;reasoningTokens=${reasoningTokens}`,
  ];
  return `anthropic:${model}${settings.join("")}`;
}

/** @throws InvalidOptionError that names an option out of its range. */
export function settingsFrom(model: string, options: AnthropicOptions): RequestSettings {
  checkModelSettings(model, options, { example: "claude-haiku-4-5", highestTemperature: 1 });
  const { temperature, reasoningTokens = 0 } = options;
  return { model, temperature, reasoningTokens };
}

/**
 * A model of Anthropic, on the official SDK. Calls are made once: the run's own retry policy repeats them.
 *
 * ```ts
 * const model = anthropic("claude-haiku-4-5", { apiKey: process.env.ANTHROPIC_API_KEY });
 * ```
 *
 * @throws ModelError of kind `credentials_missing` when there is neither a key nor a client. No environment variable is read.
 * @throws InvalidOptionError that names an option out of its range.
 */
export function anthropic(model: string, options: AnthropicOptions = {}): AnthropicModel {
  const settings = settingsFrom(model, options);
  const connection = connect(model, options);
  return {
    id: idOf(settings),
    reasoningTokens: settings.reasoningTokens,
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    async generate(request) {
      const call = connection.messages.create(messagesRequest(request, settings), requestOptions(request));
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
