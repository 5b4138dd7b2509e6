import type { CompletionRequest } from "@gro/summarizer";
import type { ReceivedRequest } from "../http-server.js";
import { ApiError } from "./api-error.js";

/** A body that the API accepts. */
export interface CheckedBody {
  readonly model: string;
  readonly isStreamed: boolean;
  readonly thinking: "disabled" | "default";
  readonly request: CompletionRequest;
  readonly body: object;
}

export interface Allowed {
  readonly keys: readonly string[];
  readonly models: readonly string[];
}

const VERSIONS = ["2023-06-01", "2026-10-21"];
const NEWEST = "2026-10-21";
const LARGEST_BODY = 32 * 1024 * 1024;
const FIELDS = [
  "model",
  "messages",
  "system",
  "max_tokens",
  "stream",
  "thinking",
  "metadata",
  "stop_sequences",
];
const SAMPLING_FIELDS = ["temperature", "top_p", "top_k"];

/** These think unless they are told not to; the second kind cannot be told. */
export const THINKS_BY_DEFAULT = /^claude-(haiku-5|sonnet-5|opus-5|fable|mythos)/u;
const ALWAYS_THINKS = /^claude-(fable|mythos)/u;

export function invalid(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message);
}

export function checkHeaders({ headers }: ReceivedRequest, { keys }: Allowed): string {
  const bearer = /^Bearer (.+)$/u.exec(headers.authorization ?? "")?.[1];
  const given = headers["x-api-key"] ?? bearer;
  if (typeof given !== "string" || !keys.includes(given)) {
    throw new ApiError(401, "authentication_error", "invalid x-api-key");
  }
  const version = headers["anthropic-version"];
  if (typeof version !== "string") throw invalid("anthropic-version: header is required");
  if (!VERSIONS.includes(version)) throw invalid(`anthropic-version: "${version}" is not a valid version`);
  return version;
}

export function parse(
  { body, headers }: ReceivedRequest,
  largest: number = LARGEST_BODY,
): Record<string, unknown> {
  if (Buffer.byteLength(body) > largest) {
    throw new ApiError(413, "request_too_large", "Request exceeds the maximum size");
  }
  if (!(headers["content-type"] ?? "").includes("application/json"))
    throw invalid("content-type: must be JSON");
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    throw invalid("The request body is not valid JSON");
  }
}

function textOf(content: unknown, place: string): string {
  if (typeof content === "string") {
    if (content === "") throw invalid(`${place}: text content blocks must be non-empty`);
    return content;
  }
  if (!Array.isArray(content)) throw invalid(`${place}: Input should be a valid string or list`);
  return content.map((block: { text?: unknown }) => textOf(block.text, place)).join("");
}

function checkMessages(messages: unknown): string {
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalid("messages: at least one message is required");
  const checked = messages as { role?: unknown; content?: unknown }[];
  checked.forEach(({ role }, index) => {
    if (role !== "user" && role !== "assistant") {
      throw invalid(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
  });
  if (checked[0]?.role !== "user") throw invalid("messages: first message must use the user role");
  return checked.map(({ content }, index) => textOf(content, `messages.${index}.content`)).join("\n\n");
}

function checkThinking(thinking: unknown, model: string): CheckedBody["thinking"] {
  const { type } = (thinking ?? {}) as { type?: unknown };
  if (type === undefined || type === "adaptive") return "default";
  if (type !== "disabled") throw invalid("thinking.type: this type is not supported on this model");
  if (ALWAYS_THINKS.test(model)) throw invalid('thinking.type: "disabled" is not supported on this model');
  return "disabled";
}

/** @throws ApiError as the API answers to what it does not accept. */
export function checkMessagesRequest(received: ReceivedRequest, allowed: Allowed): CheckedBody {
  const version = checkHeaders(received, allowed);
  return checkBody(parse(received), version, allowed);
}

/** The same for a body alone, as it stands in a batch. @throws ApiError */
export function checkBody(
  body: Readonly<Record<string, unknown>>,
  version: string,
  allowed: Allowed,
): CheckedBody {
  const { model, max_tokens: maxTokens, system, messages, stream, thinking } = body;
  const known = version === NEWEST ? FIELDS : [...FIELDS, ...SAMPLING_FIELDS];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`${unknown}: Extra inputs are not permitted`);
  if (typeof model !== "string") throw invalid("model: Field required");
  if (!allowed.models.includes(model)) throw new ApiError(404, "not_found_error", `model: ${model}`);
  if (typeof maxTokens !== "number" || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw invalid("max_tokens: Input should be greater than or equal to 1");
  }
  return {
    model,
    isStreamed: stream === true,
    thinking: checkThinking(thinking, model),
    request: {
      system: system === undefined ? "" : textOf(system, "system"),
      prompt: checkMessages(messages),
      maxOutputTokens: maxTokens,
    },
    body,
  };
}
