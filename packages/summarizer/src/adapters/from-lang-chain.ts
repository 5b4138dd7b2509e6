import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { Completion, CompletionRequest, FinishReason } from "../plan/completion.js";
import type { GenerateRequest, LanguageModel, StreamPart } from "../ports/language-model.js";
import { checkAdapterOptions } from "./check-options.js";
import { failureOf } from "./failure-of.js";
import { field, numberField, stringField } from "./field.js";
import type { AdapterOptions } from "./from-ai-sdk.js";
import { usageFrom } from "./reported-usage.js";

type LangChainMessages = ["system" | "human", string][];

/** A chat model of LangChain, as far as it is needed here. */
export interface LangChainModel {
  invoke(messages: LangChainMessages, options?: { signal?: AbortSignal }): Promise<unknown>;
  stream?(messages: LangChainMessages, options?: { signal?: AbortSignal }): Promise<AsyncIterable<unknown>>;
}

const FINISH_REASONS: readonly (readonly [RegExp, FinishReason])[] = [
  [/^(stop|end_turn|stop_sequence|eos|eos_token)$/iu, "stop"],
  [/^(length|max_tokens|max_output_tokens|model_context_window_exceeded)$/iu, "length"],
  [
    /^(content[_-]filter(ed)?|refusal|safety|prohibited_content|blocklist|guardrail_intervened)$/iu,
    "refusal",
  ],
];
/** Every vendor's integration has a name of its own for why the model stopped. */
const FINISH_FIELDS = ["finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason"];

/** The vendor by LangChain's name for the integration, and the model by the name it was made with. */
function namesOf(model: LangChainModel): { provider: string; modelName: string | undefined } {
  const llmType = field(model, "_llmType");
  const provider: unknown = typeof llmType === "function" ? Reflect.apply(llmType, model, []) : undefined;
  return {
    provider: typeof provider === "string" ? provider : "langchain",
    modelName: stringField(model, "model") ?? stringField(model, "modelName"),
  };
}

function idOf(model: LangChainModel): string {
  const { provider, modelName } = namesOf(model);
  const temperature = numberField(model, "temperature");
  const name = modelName === undefined ? provider : `${provider}:${modelName}`;
  return temperature === undefined ? name : `${name};temperature=${temperature}`;
}

function messagesFrom({ system, prompt }: CompletionRequest): LangChainMessages {
  return system === ""
    ? [["human", prompt]]
    : [
        ["system", system],
        ["human", prompt],
      ];
}

/** A message's text; a chain that ends with a string parser answers with the text alone. */
function textOf(message: unknown): string {
  const content = typeof message === "string" ? message : field(message, "content");
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) => {
      if (typeof part === "string") return part;
      return field(part, "type") === "text" ? (stringField(part, "text") ?? "") : "";
    })
    .join("");
}

/** What the messages of an answer say besides their text; a streamed answer says it in pieces. */
class AnswerFacts {
  private finishReason: FinishReason = "other";
  private counts: Record<string, number> = {};

  add(message: unknown): void {
    const metadata = field(message, "response_metadata");
    const reason = FINISH_FIELDS.map((name) => stringField(metadata, name)).find(
      (name) => name !== undefined,
    );
    if (reason !== undefined) {
      this.finishReason = FINISH_REASONS.find(([pattern]) => pattern.test(reason))?.[1] ?? "other";
    }
    if (stringField(field(message, "additional_kwargs"), "refusal") !== undefined)
      this.finishReason = "refusal";
    const usage = field(message, "usage_metadata");
    const details = field(usage, "input_token_details");
    this.count("inputTokens", field(usage, "input_tokens"));
    this.count("outputTokens", field(usage, "output_tokens"));
    this.count("cachedInputTokens", field(details, "cache_read"));
    this.count("cacheWriteTokens", field(details, "cache_creation"));
  }

  completion(request: CompletionRequest, text: string): Completion {
    return { text, finishReason: this.finishReason, usage: usageFrom(this.counts, request, text) };
  }

  /** LangChain adds the usage of chunks up, and so it is here. */
  private count(name: string, tokens: unknown): void {
    if (typeof tokens === "number") this.counts[name] = (this.counts[name] ?? 0) + tokens;
  }
}

/**
 * Any chat model of LangChain as a model of ours, by its shape: neither package knows the other.
 *
 * ```ts
 * const model = fromLangChain(new ChatOpenAI({ model: "gpt-4o-mini", maxRetries: 0, maxTokens: 2_000 }));
 * ```
 *
 * LangChain's models take neither of these with a call, so set them where you make the model: `maxRetries: 0`, or failed calls
 * are made again by two layers, and a limit on the output, such as `maxTokens`. It is the only one that holds: ours cannot be
 * passed on. A `budget` therefore counts what a call was really billed after the call, and a model that writes on and on can
 * overrun it by what the calls under way write beyond our limit.
 *
 * @throws InvalidOptionError when it is no such model.
 */
export function fromLangChain(model: LangChainModel, options: AdapterOptions = {}): LanguageModel {
  if (typeof field(model, "invoke") !== "function") {
    throw new InvalidOptionError("model", model, "a chat model of LangChain with invoke()");
  }
  checkAdapterOptions(options);
  const { provider, modelName = "unnamed" } = namesOf(model);
  const failed = (error: unknown, request: GenerateRequest) =>
    failureOf(error, request, { provider, model: modelName, signer: model });
  const optionsOf = ({ signal }: GenerateRequest) => (signal === undefined ? {} : { signal });

  async function* stream(request: GenerateRequest, start: NonNullable<LangChainModel["stream"]>) {
    try {
      const chunks = await start(messagesFrom(request), optionsOf(request));
      const facts = new AnswerFacts();
      let text = "";
      for await (const chunk of chunks) {
        facts.add(chunk);
        const piece = textOf(chunk);
        if (piece === "") continue;
        text += piece;
        yield { kind: "text", text: piece } satisfies StreamPart;
      }
      // Some models end a stream that was stopped as they end a complete one.
      request.signal?.throwIfAborted();
      yield { kind: "completion", completion: facts.completion(request, text) } satisfies StreamPart;
    } catch (error) {
      throw failed(error, request);
    }
  }

  const start = model.stream?.bind(model);
  return {
    id: options.id ?? idOf(model),
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    async generate(request) {
      try {
        const message = await model.invoke(messagesFrom(request), optionsOf(request));
        const facts = new AnswerFacts();
        facts.add(message);
        return facts.completion(request, textOf(message));
      } catch (error) {
        throw failed(error, request);
      }
    },
    ...(start === undefined ? {} : { stream: (request) => stream(request, start) }),
  };
}
