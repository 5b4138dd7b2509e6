import { afterEach, describe, expect, it } from "vitest";
import { openai, type OpenAIOptions } from "@gro/openai";
import { summarize } from "@gro/summarizer";
import { always, startOpenAI, type OpenAIEmulator, type OpenAIEmulatorOptions } from "../emulators/index.js";
import { question, streamed, WAYS } from "../emulators/question.js";
import { prose } from "../support/prose.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

async function modelAt(
  emulator: OpenAIEmulatorOptions = {},
  name = "gpt-4o-mini",
  options: OpenAIOptions = {},
) {
  server = await startOpenAI(emulator);
  // What OpenAI's own address decides, these tests say by hand.
  const outputLimitName = "max_completion_tokens";
  return openai(name, { apiKey: server.key, baseURL: server.url, outputLimitName, ...options });
}

const sentBody = () => JSON.parse(server.received[0]?.body ?? "") as Record<string, unknown>;

describe("an answer", () => {
  it("brings text, reason and what it was billed", async () => {
    const model = await modelAt();
    const completion = await model.generate(question());
    expect(completion.text).toMatch(/\w+ .*\.$/u);
    expect(completion).toMatchObject({ finishReason: "stop", requestId: "req_emulated_1" });
    expect(completion.usage).toMatchObject({
      inputTokens: server.billing.total.inputTokens,
      outputTokens: server.billing.total.outputTokens,
    });
  });

  it("is the same when it is streamed", async () => {
    const model = await modelAt({ cachedTokens: 30 });
    const whole = await model.generate(question());
    const { texts, completion } = await streamed(model);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join("")).toBe(whole.text);
    expect(completion).toEqual({ ...whole, requestId: "req_emulated_2" });
    expect(server.billing.billedTwice).toHaveLength(1);
  });

  it("counts cached input into the whole, and by itself", async () => {
    const model = await modelAt({ cachedTokens: 30 });
    const { usage } = await model.generate(question());
    expect(usage.cachedInputTokens).toBe(30);
    expect(usage.inputTokens).toBe(server.billing.total.inputTokens);
  });

  it.each(WAYS)("%s: tells a refusal, a stop at the limit and an empty answer apart", async (way, ask) => {
    for (const [kind, finishReason] of [
      ["refusal", "refusal"],
      ["limit-reached", "length"],
      ["empty", "stop"],
    ] as const) {
      const model = await modelAt({ cue: always({ kind }) });
      const answer = await ask(model);
      expect(answer).toMatchObject(way === "stream" ? { completion: { finishReason } } : { finishReason });
      await server.close();
    }
  });

  it("keeps nonsense in the usage as it is, so that the run refuses it by its name", async () => {
    const usage = { prompt_tokens: 12, completion_tokens: -3 };
    const model = await modelAt({
      cue: always({ kind: "strange-usage", usage: { ...usage, prompt_tokens: 5_000 } }),
    });
    expect((await model.generate(question())).usage.outputTokens).toBe(-3);
    await expect(summarize(prose(400), { model, targetTokens: 100 })).rejects.toThrow(/usage\.outputTokens/);
  });
});

describe("a request", () => {
  it("says what is asked and nothing else", async () => {
    const model = await modelAt();
    const { system, prompt, maxOutputTokens } = question();
    await model.generate(question());
    expect(sentBody()).toEqual({
      model: "gpt-4o-mini",
      max_completion_tokens: maxOutputTokens,
      messages: [
        { role: "system", content: system },
        { role: "user", content: prompt },
      ],
    });
  });

  it("has no system text when there is none", async () => {
    const model = await modelAt();
    await model.generate(question({ system: "" }));
    expect(sentBody()["messages"]).toHaveLength(1);
  });

  it("asks for the usage of a stream, which otherwise is not told", async () => {
    const model = await modelAt();
    await streamed(model);
    expect(sentBody()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it("names the limit as the address knows it", async () => {
    const sent: Record<string, unknown>[] = [];
    const fetch: typeof globalThis.fetch = (_url, init) => {
      sent.push(JSON.parse(typeof init?.body === "string" ? init.body : "{}") as Record<string, unknown>);
      return Promise.reject(new TypeError("fetch failed"));
    };
    for (const baseURL of [
      undefined,
      "https://eu.api.openai.com/v1",
      "https://my-resource.openai.azure.com/openai/v1",
      "http://localhost:11434/v1",
      "https://notopenai.com",
    ]) {
      await openai("gpt-5", { apiKey: "sk-x", baseURL, fetch })
        .generate(question())
        .catch(() => undefined);
    }
    const limits = sent.map((body) => Object.keys(body).find((name) => name.startsWith("max_")));
    expect(limits).toEqual([
      "max_completion_tokens",
      "max_completion_tokens",
      "max_completion_tokens",
      "max_tokens",
      "max_tokens",
    ]);
  });

  it("lets a reasoning model think little, or leaves room for it", async () => {
    const cramped = await modelAt({}, "gpt-5-mini");
    expect(await cramped.generate(question())).toMatchObject({ text: "", finishReason: "length" });
    await server.close();

    const quick = await modelAt({}, "gpt-5-mini", { reasoningEffort: "minimal" });
    expect(quick.id).toBe("openai:gpt-5-mini;reasoningEffort=minimal");
    expect((await quick.generate(question())).finishReason).toBe("stop");
    await server.close();

    const roomy = await modelAt({}, "gpt-5-mini", { reasoningTokens: 1_000 });
    const completion = await roomy.generate(question());
    expect(completion.finishReason).toBe("stop");
    expect(completion.usage.outputTokens).toBe(server.billing.total.outputTokens);
  });
});

it("a run's usage adds up to what was billed, and nothing is billed twice", async () => {
  const model = await modelAt();
  const { summary, usage } = await summarize(prose(5_000), { model, targetTokens: 300, chunkSize: 700 });
  expect(summary).not.toBeNull();
  expect(usage.calls).toBe(server.received.length);
  expect(usage.inputTokens).toBe(server.billing.total.inputTokens);
  expect(usage.outputTokens).toBe(server.billing.total.outputTokens);
  expect(server.billing.billedTwice).toEqual([]);
});
