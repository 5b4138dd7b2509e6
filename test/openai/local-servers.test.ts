import { afterEach, describe, expect, it, vi } from "vitest";
import { openai } from "@gro/openai";
import { ModelError, summarize, tiktoken } from "@gro/summarizer";
import { always, startOllama, type OpenAIEmulator, type OpenAIEmulatorOptions } from "../emulators/index.js";
import { question, rejection, streamed, WAYS } from "../emulators/question.js";
import { paragraphsByLanguage } from "../support/paragraphs-by-language.js";
import { prose } from "../support/prose.js";
import { askUncut, countingModel, requestsFor } from "./counting-model.js";

let server: OpenAIEmulator;
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

async function localModel(options: OpenAIEmulatorOptions = {}) {
  server = await startOllama(options);
  return openai("llama3.2", { baseURL: server.url });
}

describe("a server of one's own that speaks OpenAI's protocol", () => {
  it("needs no key, and gets none from the environment", async () => {
    vi.stubEnv("OPENAI_API_KEY", "sk-of-the-environment");
    vi.stubEnv("OPENAI_CUSTOM_HEADERS", "authorization: Bearer sk-of-the-environment");
    const model = await localModel();
    await model.generate(question());
    expect(server.received[0]?.headers).not.toHaveProperty("authorization");
  });

  it("may ask for a key all the same", async () => {
    const model = await localModel({ keys: ["sk-local"] });
    await expect(model.generate(question())).rejects.toMatchObject({ kind: "credentials_refused" });
    const withKey = openai("llama3.2", { baseURL: server.url, apiKey: "sk-local" });
    await expect(withKey.generate(question())).resolves.toMatchObject({ finishReason: "stop" });
  });

  it("keeps the output limit, which it knows by its older name", async () => {
    const model = await localModel({ behaviour: "echo" });
    const completion = await model.generate(question({ maxOutputTokens: 30 }));
    expect(completion.finishReason).toBe("length");
    expect(completion.usage.outputTokens).toBeLessThanOrEqual(30);
  });

  it("is told that it has no such model", async () => {
    server = await startOllama();
    const model = openai("llama9", { baseURL: server.url });
    await expect(model.generate(question())).rejects.toMatchObject({
      kind: "model_not_found",
      message: expect.stringContaining("'llama9' not found") as string,
    });
  });

  it("that counts nothing is estimated, streamed or not: a run that cost nothing would keep no budget", async () => {
    const model = await localModel({ isCounting: false });
    const { usage } = await model.generate(question());
    expect(usage.inputTokens).toBe(server.billing.total.inputTokens);
    expect(usage.outputTokens).toBe(server.billing.total.outputTokens);
    expect((await streamed(model)).completion.usage).toEqual(usage);
  });

  it("may answer with parts instead of text", async () => {
    const content = [
      { type: "thinking", thinking: [] },
      { type: "text", text: "Ferries ran." },
    ];
    const body = JSON.stringify({ choices: [{ message: { content }, finish_reason: "stop" }] });
    const model = await localModel({ cue: always({ kind: "status", status: 200, body }) });
    await expect(model.generate(question())).resolves.toMatchObject({ text: "Ferries ran." });
  });
});

const CUTS = ["cut", "cut-to-half"] as const;

describe.each(CUTS)("a server that cuts prompts and says nothing (%s)", (overflow) => {
  const long = question({ prompt: prose(8_000), maxOutputTokens: 200 });

  it.each(WAYS)("%s: is found out, with the setting to change", async (_way, ask) => {
    const error = await rejection(ask(await localModel({ overflow }), long));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      kind: "prompt_was_cut",
      isRetryable: false,
      message: expect.stringMatching(/perhaps 4096 tokens.* OLLAMA_CONTEXT_LENGTH/) as string,
    });
  });

  it("is found out by a single prompt that lost a third of its words", async () => {
    const tokenizer = tiktoken("o200k_base");
    await tokenizer.load();
    const { system, prompt } = question({ prompt: prose(6_000) });
    const contextLength = Math.floor((tokenizer.count(system + prompt) * 0.64) / 1_000) * 1_000;
    const model = await localModel({ overflow, contextLength, tokenizer });
    await expect(model.generate(question({ prompt }))).rejects.toMatchObject({ kind: "prompt_was_cut" });
  });

  it("ends a run with an error instead of a summary of the rest", async () => {
    const model = await localModel({ overflow });
    await expect(summarize(prose(9_000), { model, targetTokens: 300, chunkSize: 12_000 })).rejects.toThrow(
      /OLLAMA_CONTEXT_LENGTH/,
    );
  });

  it.each([
    "english",
    "german",
    "turkish",
    "russian",
    "arabic",
    "hindi",
    "tamil",
    "thai",
    "korean",
    "chinese",
  ])("is found out over the chunks of a text in %s, each of them a little too long", async (language) => {
    const tokenizer = tiktoken("cl100k_base");
    await tokenizer.load();
    const paragraph = paragraphsByLanguage[language] ?? "";
    const text = Array.from({ length: 150 }, (_, index) => `${index + 1}. ${paragraph}`).join("\n\n");
    const model = await localModel({ overflow, contextLength: 2_048, tokenizer });
    const run = summarize(text, { model, targetTokens: 300, tokenizer, chunkSize: 2_300, tokenMax: 2_000 });
    await expect(run).rejects.toMatchObject({ cause: { kind: "prompt_was_cut" } });
  });

  it("gets no more than it can take when its context is named", async () => {
    const tokenizer = tiktoken("cl100k_base");
    await tokenizer.load();
    server = await startOllama({ overflow, contextLength: 2_048, tokenizer });
    const model = openai("llama3.2", { baseURL: server.url, contextTokens: 2_048 });
    const { summary } = await summarize(prose(9_000), { model, targetTokens: 300, chunkSize: 4_000 });
    expect(summary).toMatch(/\w/);
    for (const { usage } of server.billing.bills) expect(usage.inputTokens).toBeLessThan(1_900);
  });
});

describe("a server that cuts nothing is not suspected", () => {
  it.each([
    ["English", prose(2_500)],
    ["Chinese", "船长在日出之前数了十二只灰鹅,然后把港口的账本交给了市议会。".repeat(80)],
    ["tables and rules", `| a |${" ".repeat(200)}| b |\n|${"-".repeat(400)}|\n`.repeat(60)],
    ["a rule without end", "=".repeat(100_000)],
  ])("for a prompt that fits: %s", async (_name, prompt) => {
    // A tokenizer with a large vocabulary: about six characters a token, two for Chinese.
    const tokenizer = {
      id: "sparing",
      count: (text: string) => {
        const dense = text.match(/\p{Script=Han}/gu)?.length ?? 0;
        return Math.ceil(dense / 2 + (text.length - dense) / 6);
      },
    };
    const model = await localModel({ contextLength: 32_000, tokenizer });
    await expect(model.generate(question({ prompt }))).resolves.toMatchObject({
      finishReason: expect.any(String) as string,
    });
  });

  const paragraphs = Object.values(paragraphsByLanguage);
  const numbered = (paragraph: string, index: number) => `${index + 1}. ${paragraph}`;
  const texts: readonly (readonly [string, string])[] = [
    ...Object.entries(paragraphsByLanguage).map(
      ([language, paragraph]) =>
        [language, Array<string>(100).fill(paragraph).map(numbered).join("\n\n")] as const,
    ),
    ["all languages by turns", Array<string[]>(20).fill(paragraphs).flat().map(numbered).join("\n\n")],
    [
      "all languages, one after the other",
      paragraphs
        .flatMap((paragraph) => Array<string>(20).fill(paragraph))
        .map(numbered)
        .join("\n\n"),
    ],
    [
      "the lines of a log, all of one length",
      Array.from(
        { length: 3_000 },
        (_, line) => `10:00:00 INFO request ${10_000 + line} took ${100 + (line % 800)} ms`,
      ).join("\n"),
    ],
  ];

  it.each(texts)(
    "for the chunks of a long text, however it counts and frames them: %s",
    async (_name, text) => {
      const [plan, ...others] = ["o200k_base", "cl100k_base", "r50k_base"] as const;
      const requests = await requestsFor(text, tiktoken(plan));
      for (const encoding of [plan, ...others]) {
        const tokenizer = tiktoken(encoding);
        await tokenizer.load();
        await expect(askUncut(requests, tokenizer, [12, 37])).resolves.toBeUndefined();
      }
    },
  );

  it("for prompts that are asked again, and for a context that was raised", async () => {
    let context = 4_096;
    const model = countingModel(({ prompt }) => Math.min(context, prompt.length));
    const fits = question({ prompt: "The captain counted geese. ".repeat(151) });
    for (let times = 0; times < 5; times += 1) await model.generate(fits);
    for (const length of [160, 165]) {
      await model.generate(question({ prompt: "The captain counted geese. ".repeat(length) }));
    }
    await expect(
      model.generate(question({ prompt: "The captain counted geese. ".repeat(180) })),
    ).rejects.toMatchObject({
      kind: "prompt_was_cut",
      message: expect.stringMatching(/each of 3 prompts .* a memo has kept/) as string,
    });
    context = 8_192;
    for (const length of [180, 200, 220, 160]) {
      await model.generate(question({ prompt: "The captain counted geese. ".repeat(length) }));
    }
  });
});
