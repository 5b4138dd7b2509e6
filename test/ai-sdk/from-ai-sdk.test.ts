import { APICallError, LoadAPIKeyError } from "ai";
import { MockLanguageModelV2 } from "ai/test";
import { MockLanguageModelV3 } from "ai-sdk-6/test";
import { describe, expect, it } from "vitest";
import { fromAiSdk, summarize, type AiSdkCall, type AiSdkModel } from "@gro/summarizer";
import { answerAs } from "@gro/summarizer/testing";
import { everythingOf, question, rejection, streamed } from "../emulators/question.js";
import { prose } from "../support/prose.js";

/** What the mocks answer with, in the shape of one version of the specification. */
interface Shape {
  readonly finish: (reason: "stop" | "length" | "content-filter") => unknown;
  readonly usage: unknown;
}

const SINGLE: Shape = {
  finish: (reason) => reason,
  usage: { inputTokens: 240, outputTokens: 12, totalTokens: 252, cachedInputTokens: 40 },
};
const NESTED: Shape = {
  finish: (unified) => ({ unified, raw: undefined }),
  usage: {
    inputTokens: { total: 240, noCache: 190, cacheRead: 40, cacheWrite: 10 },
    outputTokens: { total: 12, text: 12, reasoning: undefined },
  },
};

/** The specification of `ai` 7, which needs Node 22, as it is published in `@ai-sdk/provider` 4. */
class MockLanguageModelV4 {
  readonly specificationVersion = "v4";
  readonly provider = "mock-provider";
  readonly modelId = "mock-model-id";
  readonly supportedUrls = {};
  readonly doGenerateCalls: AiSdkCall[] = [];
  readonly doStreamCalls: AiSdkCall[] = [];

  constructor(
    private readonly answers: { doGenerate: () => object; doStream: () => { stream: ReadableStream } },
  ) {}

  doGenerate(call: AiSdkCall): PromiseLike<object> {
    this.doGenerateCalls.push(call);
    return Promise.resolve(this.answers.doGenerate());
  }

  doStream(call: AiSdkCall): PromiseLike<{ stream: ReadableStream }> {
    this.doStreamCalls.push(call);
    return Promise.resolve(this.answers.doStream());
  }
}

const PIECES = ["The ferry ", "carried ", "seven crates."];
const TEXT = PIECES.join("");

function answerIn({ finish, usage }: Shape, reason: "stop" | "length" | "content-filter" = "stop") {
  const content = [
    { type: "reasoning", text: "Let me think." },
    ...PIECES.map((text) => ({ type: "text", text })),
    { type: "source", sourceType: "url", id: "1", url: "https://example.org" },
  ];
  return { content, finishReason: finish(reason), usage, warnings: [] };
}

function partsIn({ finish, usage }: Shape): object[] {
  return [
    { type: "stream-start", warnings: [] },
    { type: "response-metadata", id: "1" },
    { type: "reasoning-delta", id: "0", delta: "Let me think." },
    { type: "text-start", id: "1" },
    ...PIECES.map((delta) => ({ type: "text-delta", id: "1", delta })),
    { type: "text-end", id: "1" },
    { type: "finish", finishReason: finish("stop"), usage },
  ];
}

function streamOf(parts: readonly object[]): { stream: ReadableStream } {
  const stream = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  return { stream };
}

type Mock = AiSdkModel & {
  readonly doGenerateCalls: readonly object[];
  readonly doStreamCalls: readonly object[];
};
type Answers = { doGenerate: () => object; doStream: () => { stream: ReadableStream } };

// The answers are right for each version by construction; the mocks' types cannot know that.
const versions: readonly (readonly [string, Shape, (answers: Answers) => Mock])[] = [
  [
    "V2, with ai 5",
    SINGLE,
    ({ doGenerate, doStream }) =>
      new MockLanguageModelV2({
        doGenerate: async () => doGenerate() as never,
        doStream: async () => doStream(),
      }),
  ],
  [
    "V3, with ai 6",
    NESTED,
    ({ doGenerate, doStream }) =>
      new MockLanguageModelV3({
        doGenerate: async () => doGenerate() as never,
        doStream: async () => doStream(),
      }),
  ],
  ["V4, as published", NESTED, (answers) => new MockLanguageModelV4(answers)],
];

describe.each(versions)("a model of the AI SDK, %s", (_name, shape, make) => {
  const good: Answers = { doGenerate: () => answerIn(shape), doStream: () => streamOf(partsIn(shape)) };

  it("answers with its text, its reason and its usage", async () => {
    const mock = make(good);
    const model = fromAiSdk(mock);
    expect(model.id).toBe("mock-provider:mock-model-id");
    expect(await model.generate(question())).toEqual({
      text: TEXT,
      finishReason: "stop",
      usage: {
        inputTokens: 240,
        outputTokens: 12,
        cachedInputTokens: 40,
        ...(shape === NESTED ? { cacheWriteTokens: 10 } : {}),
      },
    });
  });

  it("is asked in its own words, with the limit and the signal", async () => {
    const mock = make(good);
    const { signal } = new AbortController();
    const { system, prompt, maxOutputTokens } = question();
    await fromAiSdk(mock).generate(question({ signal }));
    expect(mock.doGenerateCalls[0]).toEqual({
      prompt: [
        { role: "system", content: system },
        { role: "user", content: [{ type: "text", text: prompt }] },
      ],
      maxOutputTokens,
      abortSignal: signal,
    });
  });

  it("streams the same answer", async () => {
    const model = fromAiSdk(make(good));
    const { texts, completion } = await streamed(model);
    expect(texts).toEqual(PIECES);
    expect(completion).toEqual(await model.generate(question()));
  });

  it("tells a stop at the limit and a filtered answer apart", async () => {
    for (const [reason, expected] of [
      ["length", "length"],
      ["content-filter", "refusal"],
    ] as const) {
      const model = fromAiSdk(make({ ...good, doGenerate: () => answerIn(shape, reason) }));
      expect((await model.generate(question())).finishReason).toBe(expected);
    }
  });

  it("that reports no usage is estimated", async () => {
    const usage = shape === NESTED ? { inputTokens: {}, outputTokens: {} } : {};
    const model = fromAiSdk(make({ ...good, doGenerate: () => ({ ...answerIn(shape), usage }) }));
    const completion = await model.generate(question());
    expect(completion.usage.inputTokens).toBeGreaterThan(100);
    expect(completion.usage.outputTokens).toBeGreaterThan(3);
  });

  it("whose stream ends without an end is an error, not a short answer", async () => {
    const model = fromAiSdk(make({ ...good, doStream: () => streamOf(partsIn(shape).slice(0, 6)) }));
    expect(await rejection(streamed(model))).toMatchObject({ kind: "connection_lost", isRetryable: true });
  });

  it("whose stream brings an error fails with it", async () => {
    const parts = [
      ...partsIn(shape).slice(0, 6),
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    ];
    const model = fromAiSdk(make({ ...good, doStream: () => streamOf(parts) }));
    expect(await rejection(streamed(model))).toMatchObject({ kind: "overloaded", isRetryable: true });
  });

  it("is told when its consumer has heard enough", async () => {
    let isCancelled = false;
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue({ type: "text-delta", id: "1", delta: "more " });
      },
      cancel() {
        isCancelled = true;
      },
    });
    const model = fromAiSdk(make({ ...good, doStream: () => ({ stream }) }));
    for await (const part of model.stream?.(question()) ?? []) if (part.kind === "text") break;
    expect(isCancelled).toBe(true);
  });

  it("summarizes", async () => {
    const mock = make({
      ...good,
      doGenerate() {
        const { prompt } = mock.doGenerateCalls.at(-1) as AiSdkCall;
        const [system, user] = prompt;
        const asked = typeof user?.content === "string" ? "" : (user?.content[0]?.text ?? "");
        const text = answerAs("obedient", {
          system: typeof system?.content === "string" ? system.content : "",
          prompt: asked,
          maxOutputTokens: 1_000,
        });
        return { ...answerIn(shape), content: [{ type: "text", text }], usage: {} };
      },
    });
    const { summary } = await summarize(prose(2_000), {
      model: fromAiSdk(mock),
      targetTokens: 200,
      chunkSize: 800,
    });
    expect(summary).toMatch(/\w/);
  });
});

describe("failures", () => {
  const failing = (error: unknown) =>
    fromAiSdk(new MockLanguageModelV2({ doGenerate: () => Promise.reject(error) }));
  const failed = (statusCode: number, rest: object = {}) =>
    new APICallError({
      message: "It failed",
      url: "https://api.example.org",
      requestBodyValues: { prompt: question().prompt },
      statusCode,
      responseHeaders: { "retry-after": "3", "x-request-id": "req_1" },
      ...rest,
    });

  it("of a provider are told as those of the official SDKs", async () => {
    const error = await rejection(failing(failed(429)).generate(question()));
    expect(error).toMatchObject({
      code: "model_failed",
      kind: "rate_limited",
      isRetryable: true,
      status: 429,
      requestId: "req_1",
      retryAfterMs: 3_000,
    });
    expect(everythingOf(error)).not.toContain(question().prompt.slice(80, 120));
  });

  it.each([
    [401, {}, "credentials_refused"],
    [404, {}, "model_not_found"],
    [400, { data: { error: { code: "context_length_exceeded", message: "Too long" } } }, "prompt_too_long"],
    [429, { data: { error: { type: "insufficient_quota" } } }, "out_of_credit"],
    [529, {}, "overloaded"],
  ])("with status %i and %j", async (statusCode, rest, kind) => {
    expect(await rejection(failing(failed(statusCode, rest)).generate(question()))).toMatchObject({ kind });
  });

  it("without an answer are lost connections", async () => {
    const cause = Object.assign(new TypeError("fetch failed"), { code: "ECONNRESET" });
    const error = new APICallError({
      message: "Cannot connect to API",
      url: "",
      requestBodyValues: {},
      cause,
      isRetryable: true,
    });
    expect(await rejection(failing(error).generate(question()))).toMatchObject({ kind: "connection_lost" });
  });

  it("for want of a key say so", async () => {
    const error = new LoadAPIKeyError({ message: "OpenAI API key is missing." });
    expect(await rejection(failing(error).generate(question()))).toMatchObject({
      kind: "credentials_missing",
    });
  });

  it("of the caller's own code come through as they are", async () => {
    const error = new RangeError("A mistake in a middleware");
    expect(await rejection(failing(error).generate(question()))).toBe(error);
  });

  it("give way to the signal's reason", async () => {
    const reason = { the: "caller's own reason" };
    const signal = AbortSignal.abort(reason);
    expect(await rejection(failing(failed(500)).generate(question({ signal })))).toBe(reason);
  });

  it("that V4 reports as an interruption are lost connections", async () => {
    const interrupted = { ...answerIn(NESTED), finishReason: { unified: "interrupted", raw: undefined } };
    const model = fromAiSdk(
      new MockLanguageModelV4({ doGenerate: () => interrupted, doStream: () => streamOf([]) }),
    );
    expect(await rejection(model.generate(question()))).toMatchObject({ kind: "connection_lost" });
  });
});

describe("what is no such model", () => {
  it.each([["openai/gpt-4o-mini"], [null], [{}], [{ specificationVersion: "v1", doGenerate: () => 1 }]])(
    "is refused: %j",
    (value) => {
      expect(() => fromAiSdk(value as never)).toThrow(
        expect.objectContaining({ code: "invalid_option", option: "model" }),
      );
    },
  );
});

it("takes an id of the caller's own, and the context's length", () => {
  const mock = new MockLanguageModelV2({ provider: "openai.chat", modelId: "gpt-4o-mini" });
  expect(fromAiSdk(mock)).toMatchObject({ id: "openai:gpt-4o-mini" });
  expect(fromAiSdk(mock, { id: "mine", contextTokens: 8_192 })).toMatchObject({
    id: "mine",
    contextTokens: 8_192,
  });
});
