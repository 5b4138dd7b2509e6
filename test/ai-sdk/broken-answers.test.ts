import { APICallError } from "ai";
import { MockLanguageModelV2 } from "ai/test";
import { describe, expect, it } from "vitest";
import { fromAiSdk, streamSummary, summarize } from "@gro/summarizer";
import { answerAs } from "@gro/summarizer/testing";
import { question, rejection, streamed } from "../emulators/question.js";
import { prose } from "../support/prose.js";

function streamOf(parts: readonly unknown[]) {
  return {
    stream: new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    }),
  };
}

const streaming = (...parts: readonly unknown[]) =>
  fromAiSdk(new MockLanguageModelV2({ doStream: async () => streamOf(parts) }));
const failedBy = (error: unknown) =>
  rejection(streamed(streaming({ type: "text-delta", id: "1", delta: "Fer" }, { type: "error", error })));

describe("a part of a stream that is an error", () => {
  it.each([
    ["a router's", { error: { code: 502, message: "Bad gateway" } }, "server_error", true],
    ["one with the code as text", { error: { code: "429", message: "Slow down" } }, "rate_limited", true],
    [
      "one with a code alone",
      { message: "Too long", code: "context_length_exceeded" },
      "prompt_too_long",
      false,
    ],
    ["a text", "Overloaded, try later", "server_error", true],
    ["a text about the length", "prompt is too long: 9 tokens > 8 maximum", "prompt_too_long", false],
    ["an error", new Error("upstream went away"), "server_error", true],
    ["a lost connection", new TypeError("terminated"), "connection_lost", true],
    ["nothing", undefined, "server_error", true],
  ])("is told as a failure of the provider: %s", async (_name, error, kind, isRetryable) => {
    const told = await failedBy(error);
    expect(told).toMatchObject({ code: "model_failed", kind, isRetryable, provider: "mock-provider" });
    expect(String(told)).not.toContain("[object Object]");
  });

  it("shows no key", async () => {
    const key = "sk-proj-secret-of-the-user-4711";
    expect(String(await failedBy(`Incorrect API key provided: ${key}`))).not.toContain(key);
    expect(String(await failedBy(new Error(`bad header Bearer ${key}`)))).not.toContain(key);
  });

  it("about the length divides the step", async () => {
    const mock = new MockLanguageModelV2({
      async doStream(call) {
        const user = call.prompt.at(-1)?.content;
        const [part] = typeof user === "string" ? [] : (user ?? []);
        const prompt = part?.type === "text" ? part.text : "";
        if (prompt.length > 5_000) {
          const error = { message: "Too long", code: "context_length_exceeded" };
          return streamOf([{ type: "error", error }]);
        }
        const delta = answerAs("obedient", { system: "", prompt, maxOutputTokens: 1_000 });
        return streamOf([
          { type: "text-delta", id: "1", delta },
          { type: "finish", finishReason: "stop", usage: {} },
        ]);
      },
    });
    const whole = fromAiSdk(mock);
    const { stream } = whole;
    const model = {
      ...whole,
      // Every step is streamed here, as the last one is in a run.
      generate: async (request: ReturnType<typeof question>) =>
        (await streamed({ ...whole, ...(stream === undefined ? {} : { stream }) }, request)).completion,
    };
    const { summary, warnings } = await summarize(prose(1_500), { model, targetTokens: 200 });
    expect(summary).toMatch(/\w/);
    expect(warnings.map(({ code }) => code)).toContain("steps_split");
  });
});

it("a connection lost in the middle of an answer is told as that, and the call is made again", async () => {
  const cause = Object.assign(new TypeError("terminated"), { cause: { code: "UND_ERR_SOCKET" } });
  const lost = new APICallError({
    message: "Failed to process successful response",
    url: "https://api.example.org",
    requestBodyValues: {},
    statusCode: 200,
    isRetryable: true,
    cause,
  });
  const model = fromAiSdk(new MockLanguageModelV2({ doGenerate: () => Promise.reject(lost) }));
  expect(await rejection(model.generate(question()))).toMatchObject({
    kind: "connection_lost",
    isRetryable: true,
    message: expect.stringContaining("lost before the answer was complete") as string,
  });
});

it("a server that counts nothing but zeros is estimated", async () => {
  const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  const content = [{ type: "text" as const, text: "Ferries ran." }];
  const answer = { content, finishReason: "stop" as const, usage, warnings: [] };
  const model = fromAiSdk(new MockLanguageModelV2({ doGenerate: async () => answer }));
  const completion = await model.generate(question());
  expect(completion.usage.inputTokens).toBeGreaterThan(100);
  expect(completion.usage.outputTokens).toBeGreaterThan(1);
});

it("the provider's id of the request comes with the answer", async () => {
  const headers = { "x-request-id": "req_1" };
  const finish = { type: "finish", finishReason: "stop", usage: {} };
  const mock = new MockLanguageModelV2({
    doStream: async () => ({ ...streamOf([finish]), response: { headers } }),
  });
  expect((await streamed(fromAiSdk(mock))).completion.requestId).toBe("req_1");
});

it.each([[null], [undefined], ["text"], [{ delta: "text" }]])(
  "a part that is none, %j, is a clear error",
  async (part) => {
    expect(await rejection(streamed(streaming(part)))).toMatchObject({
      kind: "malformed_response",
      message: expect.stringContaining("part of the stream") as string,
    });
  },
);

it.each([[null], [{ text: "no kind" }], [{ kind: "text" }]])(
  "nor does a custom model get away with the part %j",
  async (part) => {
    const model = {
      id: "mine",
      generate: () => Promise.reject(new Error("Not asked")),
      async *stream() {
        yield part as never;
      },
    };
    const events = streamSummary(prose(600), { model, targetTokens: 100 });
    const run = (async () => {
      while ((await events.next()).done !== true);
    })();
    expect(await rejection(run)).toMatchObject({
      code: "step_failed",
      cause: { code: "stream_broken", message: expect.stringContaining("neither { kind") as string },
    });
  },
);
