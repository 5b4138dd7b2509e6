import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "@gro/anthropic";
import { summarize } from "@gro/summarizer";
import {
  always,
  startAnthropic,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
} from "../emulators/index.js";
import { question, streamed, WAYS } from "../emulators/question.js";
import { prose } from "../support/prose.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

async function modelAt(options: AnthropicEmulatorOptions = {}, name = "claude-haiku-4-5") {
  server = await startAnthropic(options);
  return anthropic(name, { apiKey: server.key, baseURL: server.url });
}

const sentBody = () => JSON.parse(server.received[0]?.body ?? "") as Record<string, unknown>;

describe("an answer", () => {
  it("brings text, reason and what it was billed", async () => {
    const model = await modelAt();
    const completion = await model.generate(question());
    expect(completion.text).toMatch(/\w+ .*\.$/u);
    expect(completion).toMatchObject({ finishReason: "stop", requestId: "req_emulated_1" });
    expect(completion.usage).toEqual(server.billing.total);
  });

  it("is the same when it is streamed", async () => {
    const model = await modelAt({ cache: { readTokens: 30, writeTokens: 20 } });
    const whole = await model.generate(question());
    const { texts, completion } = await streamed(model);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join("")).toBe(whole.text);
    expect(completion).toEqual({ ...whole, requestId: "req_emulated_2" });
    expect(server.billing.billedTwice).toHaveLength(1);
  });

  it("counts cached input into the whole, and by itself", async () => {
    const model = await modelAt({ cache: { readTokens: 30, writeTokens: 20 } });
    const { usage } = await model.generate(question());
    expect(usage).toMatchObject({ cachedInputTokens: 30, cacheWriteTokens: 20 });
    expect(usage.inputTokens).toBe(server.billing.total.inputTokens);
    expect(usage.inputTokens).toBeGreaterThan(50);
  });

  it.each(WAYS)("%s: tells a refusal, a stop at the limit and an empty answer apart", async (_way, ask) => {
    for (const [kind, finishReason] of [
      ["refusal", "refusal"],
      ["limit-reached", "length"],
      ["empty", "stop"],
    ] as const) {
      const model = await modelAt({ cue: always({ kind }) });
      const answer = await ask(model);
      expect(answer).toMatchObject(_way === "stream" ? { completion: { finishReason } } : { finishReason });
      await server.close();
    }
  });

  it("keeps nonsense in the usage as it is, so that the run refuses it by its name", async () => {
    const usage = { input_tokens: -5, output_tokens: 3 };
    const model = await modelAt({ cue: always({ kind: "strange-usage", usage }) });
    expect((await model.generate(question())).usage.inputTokens).toBe(-5);
    await expect(summarize(prose(400), { model, targetTokens: 100 })).rejects.toThrow(/usage\.inputTokens/);
  });
});

describe("a request", () => {
  it("says what is asked and nothing that the API refuses", async () => {
    const model = await modelAt();
    const { system, prompt, maxOutputTokens } = question();
    await model.generate(question());
    expect(sentBody()).toEqual({
      model: "claude-haiku-4-5",
      max_tokens: maxOutputTokens,
      system,
      messages: [{ role: "user", content: prompt }],
      thinking: { type: "disabled" },
    });
  });

  it("has no system text when there is none", async () => {
    const model = await modelAt();
    await model.generate(question({ system: "" }));
    expect(sentBody()).not.toHaveProperty("system");
  });

  it("switches thinking off, which would use up a short summary's limit", async () => {
    const model = await modelAt({}, "claude-sonnet-5-5");
    expect((await model.generate(question())).finishReason).toBe("stop");
  });

  it("leaves room for thinking where a model always thinks", async () => {
    server = await startAnthropic();
    const settings = { apiKey: server.key, baseURL: server.url };
    const cramped = anthropic("claude-fable-5-2", settings);
    expect(await cramped.generate(question())).toMatchObject({ text: "", finishReason: "length" });
    const roomy = anthropic("claude-fable-5-2", { ...settings, reasoningTokens: 1_000 });
    const completion = await roomy.generate(question());
    expect(completion.finishReason).toBe("stop");
    expect(completion.text).not.toBe("");
    expect(roomy.reasoningTokens).toBe(1_000);
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
