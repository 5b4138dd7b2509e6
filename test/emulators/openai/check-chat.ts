import type { CompletionRequest } from "@gro/summarizer";
import type { ReceivedRequest } from "../http-server.js";
import { ApiError } from "./api-error.js";

/** A body that the API accepts. */
export interface CheckedBody {
  readonly model: string;
  readonly isStreamed: boolean;
  readonly isUsageStreamed: boolean;
  readonly isThinking: boolean;
  readonly request: CompletionRequest;
  readonly body: object;
}

export interface Allowed {
  /** Empty where no key is asked for. */
  readonly keys: readonly string[];
  readonly models: readonly string[];
  /**
   * `"openai"` refuses what OpenAI's newer models refuse; `"local"` is like Ollama and llama.cpp, which know `max_tokens` and pass
   * over what they do not know.
   */
  readonly dialect: "openai" | "local";
}

const NO_LIMIT = 4_096;
const REASONING_MODEL = /^(o\d|gpt-5)/u;
const ROLES = ["system", "developer", "user", "assistant"];

export function invalid(message: string, code: string | null = null): ApiError {
  return new ApiError(400, "invalid_request_error", code, message);
}

export function checkKey({ headers }: ReceivedRequest, keys: readonly string[]): void {
  if (keys.length === 0) return;
  const given = /^Bearer (.+)$/u.exec(headers.authorization ?? "")?.[1];
  if (given === undefined) {
    throw new ApiError(401, "invalid_request_error", null, "You didn't provide an API key.");
  }
  if (keys.includes(given)) return;
  const shown = `${given.slice(0, 8)}${"*".repeat(10)}${given.slice(-4)}`;
  throw new ApiError(
    401,
    "invalid_request_error",
    "invalid_api_key",
    `Incorrect API key provided: ${shown}.`,
  );
}

export function parse({ body }: ReceivedRequest): Record<string, unknown> {
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    throw invalid("We could not parse the JSON body of your request.");
  }
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part: { text?: unknown }) => textOf(part.text)).join("");
  throw invalid("Invalid value for 'content': expected a string.");
}

function checkMessages(messages: unknown): Pick<CompletionRequest, "system" | "prompt"> {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid("Invalid 'messages': empty array. Expected an array with minimum length 1.");
  }
  const checked = messages as { role?: unknown; content?: unknown }[];
  const said = (isInstruction: boolean) =>
    checked
      .filter(({ role }) => (role === "system" || role === "developer") === isInstruction)
      .map(({ content }) => textOf(content))
      .join("\n\n");
  if (checked.some(({ role }) => typeof role !== "string" || !ROLES.includes(role))) {
    throw invalid("Invalid value for 'role'.", "invalid_value");
  }
  return { system: said(true), prompt: said(false) };
}

function checkLimit(
  body: Readonly<Record<string, unknown>>,
  isReasoning: boolean,
  { dialect }: Allowed,
): number {
  const { max_tokens: older, max_completion_tokens: newer } = body;
  if (isReasoning && older !== undefined) {
    throw invalid(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "unsupported_parameter",
    );
  }
  const limit = dialect === "local" ? older : (newer ?? older);
  if (limit === undefined) return NO_LIMIT;
  if (typeof limit === "number" && Number.isInteger(limit) && limit >= 1) return limit;
  throw invalid(
    "Invalid value: integer below minimum value. Expected a value >= 1.",
    "integer_below_min_value",
  );
}

/** @throws ApiError as the API answers to what it does not accept. */
export function checkChatRequest(received: ReceivedRequest, allowed: Allowed): CheckedBody {
  checkKey(received, allowed.keys);
  return checkBody(parse(received), allowed);
}

/** The same for a body alone, as it stands in a batch. @throws ApiError */
export function checkBody(body: Readonly<Record<string, unknown>>, allowed: Allowed): CheckedBody {
  const {
    model,
    messages,
    stream,
    temperature,
    reasoning_effort: effort,
    stream_options: streamOptions,
  } = body;
  if (typeof model !== "string") throw invalid("you must provide a model parameter");
  if (!allowed.models.includes(model)) {
    const isLocal = allowed.dialect === "local";
    const words = isLocal
      ? `model '${model}' not found`
      : `The model \`${model}\` does not exist or you do not have access to it.`;
    throw new ApiError(
      404,
      isLocal ? "not_found_error" : "invalid_request_error",
      isLocal ? null : "model_not_found",
      words,
    );
  }
  const isReasoning = allowed.dialect === "openai" && REASONING_MODEL.test(model);
  if (isReasoning && temperature !== undefined && temperature !== 1) {
    throw invalid(
      "Unsupported value: 'temperature' does not support this value with this model.",
      "unsupported_value",
    );
  }
  if (!isReasoning && allowed.dialect === "openai" && effort !== undefined) {
    throw invalid("Unrecognized request argument supplied: reasoning_effort");
  }
  const { include_usage: isUsageStreamed } = (streamOptions ?? {}) as { include_usage?: unknown };
  return {
    model,
    isStreamed: stream === true,
    isUsageStreamed: isUsageStreamed === true,
    isThinking: isReasoning && effort !== "none" && effort !== "minimal",
    request: { ...checkMessages(messages), maxOutputTokens: checkLimit(body, isReasoning, allowed) },
    body,
  };
}
