import {
  AIMessage,
  AIMessageChunk,
  HumanMessage,
  SystemMessage,
  type BaseMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { FakeListChatModel, FakeStreamingChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import { ContextOverflowError } from "@langchain/core/errors";
import { fromLangChain, summarize, type LangChainModel } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { everythingOf, question, rejection, streamed } from "../emulators/question.js";
import { prose } from "../support/prose.js";

const TEXT = "The ferry carried seven crates.";
const usage_metadata = {
  input_tokens: 240,
  output_tokens: 12,
  total_tokens: 252,
  input_token_details: { cache_read: 40 },
};

/** LangChain's own fake drops everything but the text of what it is given; this one answers with all of it. */
class CompleteFake extends FakeStreamingChatModel {
  asked: BaseMessage[] = [];

  constructor(
    private readonly answer: AIMessage,
    private readonly pieces: AIMessageChunk[] = [],
  ) {
    super({});
  }

  override async _generate(messages: BaseMessage[]) {
    this.asked = messages;
    return { generations: [{ text: "", message: this.answer }] };
  }

  override async *_streamResponseChunks() {
    for (const message of this.pieces) yield new ChatGenerationChunk({ message, text: "" });
  }
}

interface Fields {
  readonly content?: string | object[];
  readonly usage_metadata?: UsageMetadata;
  readonly response_metadata?: Record<string, string>;
  readonly additional_kwargs?: Record<string, string>;
}

const message = (fields: Fields) => Object.assign(new AIMessage(""), fields);
const piece = (fields: Fields) => Object.assign(new AIMessageChunk(""), fields);
const answering = (fields: Fields) => fromLangChain(new CompleteFake(message(fields)));

describe("a chat model of LangChain", () => {
  it("answers with its text, its reason and its usage", async () => {
    const model = answering({ content: TEXT, usage_metadata, response_metadata: { finish_reason: "stop" } });
    expect(await model.generate(question())).toEqual({
      text: TEXT,
      finishReason: "stop",
      usage: { inputTokens: 240, outputTokens: 12, cachedInputTokens: 40 },
    });
  });

  it("is asked with a system and a human message", async () => {
    const listening = new CompleteFake(message({ content: TEXT }));
    await fromLangChain(listening).generate(question());
    expect(listening.asked[0]).toBeInstanceOf(SystemMessage);
    expect(listening.asked[1]).toBeInstanceOf(HumanMessage);
    expect(listening.asked.map(({ content }) => content)).toEqual([question().system, question().prompt]);
  });

  it("may answer in blocks, of which the text counts", async () => {
    const content = [
      { type: "thinking", thinking: "Let me think." },
      { type: "text", text: "The ferry " },
      { type: "text", text: "sank." },
    ];
    expect((await answering({ content }).generate(question())).text).toBe("The ferry sank.");
  });

  it.each([
    ["openai", { finish_reason: "length" }, "length"],
    ["anthropic", { stop_reason: "max_tokens" }, "length"],
    ["anthropic", { stop_reason: "end_turn" }, "stop"],
    ["anthropic", { stop_reason: "refusal" }, "refusal"],
    ["openai", { finish_reason: "content_filter" }, "refusal"],
    ["google", { finishReason: "SAFETY" }, "refusal"],
    ["google", { finishReason: "STOP" }, "stop"],
    ["ollama", { done_reason: "stop" }, "stop"],
    ["nobody", {}, "other"],
  ])("tells why it stopped in the words of %s: %j", async (_vendor, response_metadata, finishReason) => {
    expect((await answering({ content: TEXT, response_metadata }).generate(question())).finishReason).toBe(
      finishReason,
    );
  });

  it("that declines in words has refused", async () => {
    const model = answering({ content: "", additional_kwargs: { refusal: "I can't help with that." } });
    expect((await model.generate(question())).finishReason).toBe("refusal");
  });

  it("that reports no usage is estimated", async () => {
    const model = fromLangChain(new FakeListChatModel({ responses: [TEXT] }));
    const { usage } = await model.generate(question());
    expect(usage.inputTokens).toBeGreaterThan(100);
    expect(usage.outputTokens).toBeGreaterThan(3);
  });

  it("that counts nothing but zeros is estimated", async () => {
    const zeros = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    const { usage } = await answering({ content: TEXT, usage_metadata: zeros }).generate(question());
    expect(usage.inputTokens).toBeGreaterThan(100);
    expect(usage.outputTokens).toBeGreaterThan(3);
  });

  it("streams, and adds up what its chunks count", async () => {
    const pieces = [
      piece({ usage_metadata: { ...usage_metadata, output_tokens: 0 } }),
      piece({ content: "The ferry " }),
      piece({ content: [{ type: "text", text: "sank." }] }),
      piece({
        usage_metadata: { input_tokens: 0, output_tokens: 12, total_tokens: 12 },
        response_metadata: { stop_reason: "end_turn" },
      }),
    ];
    const model = fromLangChain(new CompleteFake(message({}), pieces));
    const { texts, completion } = await streamed(model);
    expect(texts).toEqual(["The ferry ", "sank."]);
    expect(completion).toEqual({
      text: "The ferry sank.",
      finishReason: "stop",
      usage: { inputTokens: 240, outputTokens: 12, cachedInputTokens: 40 },
    });
  });

  it("streams the same text as it answers whole", async () => {
    const model = fromLangChain(new FakeListChatModel({ responses: [TEXT, TEXT] }));
    const { texts, completion } = await streamed(model);
    expect(texts.join("")).toBe(TEXT);
    expect(completion.text).toBe((await model.generate(question())).text);
  });

  it("may be the beginning of a chain that ends with text", async () => {
    const chain = new FakeListChatModel({ responses: [TEXT] }).pipe(new StringOutputParser());
    expect((await fromLangChain(chain).generate(question())).text).toBe(TEXT);
  });

  it("summarizes", async () => {
    const model = fromLangChain(new FakeListChatModel({ responses: [TEXT] }));
    const { summary } = await summarize(prose(2_000), { model, targetTokens: 200, chunkSize: 800 });
    expect(summary).toContain(TEXT);
  });
});

describe("its id", () => {
  const idOf = (fields: object) =>
    fromLangChain(Object.assign(new FakeListChatModel({ responses: [TEXT] }), fields)).id;

  it("names vendor, model and temperature, as the other adapters do", () => {
    expect(idOf({})).toBe("fake-list");
    expect(idOf({ model: "gpt-4o-mini" })).toBe("fake-list:gpt-4o-mini");
    expect(idOf({ modelName: "gpt-4o-mini", temperature: 0.2 })).toBe(
      "fake-list:gpt-4o-mini;temperature=0.2",
    );
  });

  it("may be the caller's own", () => {
    const model = new FakeListChatModel({ responses: [TEXT] });
    expect(fromLangChain(model, { id: "mine", contextTokens: 8_192 })).toMatchObject({
      id: "mine",
      contextTokens: 8_192,
    });
  });
});

describe("failures", () => {
  const failing = (error: unknown) => fromLangChain({ invoke: () => Promise.reject(error) });

  it("of a vendor's SDK are told as those of the official ones", async () => {
    const error = Object.assign(new Error("429 Rate limit reached"), {
      status: 429,
      headers: new Headers({ "retry-after": "3", "x-request-id": "req_1" }),
      lc_error_code: "MODEL_RATE_LIMIT",
    });
    expect(await rejection(failing(error).generate(question()))).toMatchObject({
      code: "model_failed",
      kind: "rate_limited",
      isRetryable: true,
      requestId: "req_1",
      retryAfterMs: 3_000,
    });
  });

  /** As the integrations of vendors wrap it: the answer is in the cause. */
  const overflow = (words: string) => {
    const answer = Object.assign(new Error(`400 ${words}`), {
      status: 400,
      headers: new Headers({ "x-request-id": "req_1" }),
      error: { message: words, code: "invalid_request" },
    });
    return ContextOverflowError.fromError(answer);
  };

  it("of the context's length are read through LangChain's own error, without a key", async () => {
    const key = "sk-proj-secret-of-the-user-4711";
    const error = overflow(`This model's maximum context length is 5. Your key is ${key}`);
    const told = await rejection(failing(error).generate(question()));
    expect(told).toMatchObject({ kind: "prompt_too_long", status: 400, requestId: "req_1" });
    expect(everythingOf(told)).not.toContain(key);
    const bare = await rejection(failing(new ContextOverflowError("No room")).generate(question()));
    expect(bare).toMatchObject({ kind: "prompt_too_long" });
  });

  it("of the context's length divide the step", async () => {
    const scripted = scriptedModel();
    const invoke: LangChainModel["invoke"] = async (messages) => {
      const prompt = messages.at(-1)?.[1] ?? "";
      if (prompt.length > 5_000) throw overflow("prompt is too long");
      return (await scripted.generate({ system: "", prompt, maxOutputTokens: 1_000 })).text;
    };
    const { summary, warnings } = await summarize(prose(1_500), {
      model: fromLangChain({ invoke }),
      targetTokens: 200,
    });
    expect(summary).toMatch(/\w/);
    expect(warnings.map(({ code }) => code)).toContain("steps_split");
  });

  it("of the caller's own code come through as they are", async () => {
    const error = new RangeError("A mistake in a tool");
    expect(await rejection(failing(error).generate(question()))).toBe(error);
    const streaming = new FakeStreamingChatModel({ thrownErrorString: "A mistake", sleep: 0 });
    expect(await rejection(streamed(fromLangChain(streaming)))).toMatchObject({ message: "A mistake" });
  });

  it("give way to the signal's reason", async () => {
    const reason = { the: "caller's own reason" };
    const stopped = question({ signal: AbortSignal.abort(reason) });
    expect(await rejection(failing(new Error("Aborted")).generate(stopped))).toBe(reason);
    const quiet = fromLangChain(new CompleteFake(message({}), [piece({ content: "The ferry " })]));
    expect(await rejection(streamed(quiet, stopped))).toBe(reason);
  });
});

it("what is no such model is refused", () => {
  for (const value of ["gpt-4o-mini", null, {}]) {
    expect(() => fromLangChain(value as never)).toThrow(
      expect.objectContaining({ code: "invalid_option", option: "model" }),
    );
  }
});
