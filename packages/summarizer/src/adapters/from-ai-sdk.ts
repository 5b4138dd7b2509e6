import { InvalidOptionError } from "../errors/invalid-option-error.js";
import { ModelError } from "../errors/model-error.js";
import type { Completion, CompletionRequest, FinishReason } from "../plan/completion.js";
import type { GenerateRequest, LanguageModel, StreamPart } from "../ports/language-model.js";
import { headerReader } from "./answer-headers.js";
import { ErrorInAnswer } from "./error-in-answer.js";
import { checkAdapterOptions } from "./check-options.js";
import { failureOf } from "./failure-of.js";
import { field, stringField } from "./field.js";
import { readStream } from "./read-stream.js";
import { requestIdOf } from "./request-id.js";
import { usageFrom, type ReportedUsage } from "./reported-usage.js";

/** What an AI SDK model is called with here. */
export interface AiSdkCall {
  prompt: (
    { role: "system"; content: string } | { role: "user"; content: { type: "text"; text: string }[] }
  )[];
  maxOutputTokens: number;
  abortSignal?: AbortSignal;
}

/** A language model of the AI SDK, as far as it is needed here: `LanguageModelV2`, `V3` and `V4` have this shape. */
export interface AiSdkModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(call: AiSdkCall): PromiseLike<object>;
  doStream?(call: AiSdkCall): PromiseLike<{ readonly stream: ReadableStream<unknown> }>;
}

export interface AdapterOptions {
  /**
   * Part of every step key. Give one of your own when the model carries settings that its name does not show, such as a
   * middleware or a temperature: completions under one id are taken for each other. @default `"<vendor>:<model>"`
   */
  readonly id?: string | undefined;
  /** Tokens that the model can take in and put out together, where you know it. */
  readonly contextTokens?: number | undefined;
}

const VERSIONS = ["v2", "v3", "v4"];

/** `"openai.chat"` → `"openai"`: the way of asking does not change who answers. */
function vendorOf(provider: string): string {
  return provider.replace(/\..*$/su, "");
}

function checkModel(model: AiSdkModel): void {
  const version = stringField(model, "specificationVersion");
  if (typeof field(model, "doGenerate") === "function" && version !== undefined && VERSIONS.includes(version))
    return;
  throw new InvalidOptionError(
    "model",
    version === undefined ? model : `specification ${version}`,
    `a language model of the AI SDK with doGenerate() and the specification ${VERSIONS.join(", ")}`,
  );
}

function callFrom({ system, prompt, maxOutputTokens, signal }: GenerateRequest): AiSdkCall {
  const messages: AiSdkCall["prompt"] = [{ role: "user", content: [{ type: "text", text: prompt }] }];
  if (system !== "") messages.unshift({ role: "system", content: system });
  return { prompt: messages, maxOutputTokens, ...(signal === undefined ? {} : { abortSignal: signal }) };
}

/** V2 says `"stop"`, V3 and V4 `{ unified: "stop" }`. */
function unifiedReason(finishReason: unknown): string | undefined {
  return typeof finishReason === "string" ? finishReason : stringField(finishReason, "unified");
}

function finishReasonFrom(reason: string | undefined): FinishReason {
  if (reason === "stop" || reason === "length") return reason;
  return reason === "content-filter" ? "refusal" : "other";
}

/** V2 counts `inputTokens: 12`, V3 and V4 `inputTokens: { total: 12, cacheRead: 4 }`. */
function reportedUsage(usage: unknown): ReportedUsage {
  const input = field(usage, "inputTokens");
  const output = field(usage, "outputTokens");
  if (typeof input !== "object" || input === null) {
    return {
      inputTokens: input,
      outputTokens: output,
      cachedInputTokens: field(usage, "cachedInputTokens"),
    };
  }
  return {
    inputTokens: field(input, "total"),
    outputTokens: field(output, "total"),
    cachedInputTokens: field(input, "cacheRead"),
    cacheWriteTokens: field(input, "cacheWrite"),
  };
}

function textOf(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  return content
    .map((part: unknown) => (field(part, "type") === "text" ? (stringField(part, "text") ?? "") : ""))
    .join("");
}

/**
 * Any language model of the AI SDK (`ai` 5, 6 and 7) as a model of ours, by its shape: neither package knows the other.
 *
 * ```ts
 * const model = fromAiSdk(openai("gpt-4o-mini"));
 * ```
 *
 * @throws InvalidOptionError when it is no such model, as a model's name alone is not.
 */
export function fromAiSdk(model: AiSdkModel, options: AdapterOptions = {}): LanguageModel {
  checkModel(model);
  checkAdapterOptions(options);
  const provider = vendorOf(model.provider);
  const failed = (error: unknown, request: GenerateRequest) =>
    failureOf(error, request, { provider, model: model.modelId, signer: model });

  const broken = (message: string, kind: "malformed_response" | "connection_lost" | "server_error") =>
    new ModelError({ kind, provider, model: model.modelId, message });

  function completionFrom(
    request: CompletionRequest,
    text: string,
    finish: unknown,
    response: unknown,
  ): Completion {
    const reason = unifiedReason(field(finish, "finishReason"));
    if (reason === "interrupted") throw broken("the answer broke off before its end", "connection_lost");
    if (reason === "error") throw broken("the model stopped because of an error", "server_error");
    const header = headerReader(field(response, "headers"));
    const requestId = requestIdOf(header("request-id") ?? header("x-request-id"), { signer: model });
    return {
      text,
      finishReason: finishReasonFrom(reason),
      usage: usageFrom(reportedUsage(field(finish, "usage")), request, text),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }

  async function* stream(request: GenerateRequest, doStream: NonNullable<AiSdkModel["doStream"]>) {
    try {
      const answer = await doStream(callFrom(request));
      let text = "";
      let finish: unknown;
      for await (const part of readStream(answer.stream)) {
        const type = field(part, "type");
        if (type === undefined)
          throw broken("a part of the stream is not one of the AI SDK's", "malformed_response");
        if (type === "error") throw new ErrorInAnswer(field(part, "error"));
        if (type === "finish") finish = part;
        const delta = type === "text-delta" ? stringField(part, "delta") : undefined;
        if (delta === undefined) continue;
        text += delta;
        yield { kind: "text", text: delta } satisfies StreamPart;
      }
      if (finish === undefined) throw broken("the answer broke off before its end", "connection_lost");
      const completion = completionFrom(request, text, finish, field(answer, "response"));
      yield { kind: "completion", completion } satisfies StreamPart;
    } catch (error) {
      throw failed(error, request);
    }
  }

  const doStream = model.doStream?.bind(model);
  return {
    id: options.id ?? `${provider}:${model.modelId}`,
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    async generate(request) {
      try {
        const answer = await model.doGenerate(callFrom(request));
        const text = textOf(field(answer, "content"));
        if (text === undefined) throw broken("the answer has no content", "malformed_response");
        return completionFrom(request, text, answer, field(answer, "response"));
      } catch (error) {
        throw failed(error, request);
      }
    },
    ...(doStream === undefined ? {} : { stream: (request) => stream(request, doStream) }),
  };
}
