import { afterEach, describe, expect, it, vi } from "vitest";
import { openai } from "@gro/openai";
import { ModelError, summarize } from "@gro/summarizer";
import { always, startOllama, type OpenAIEmulator, type OpenAIEmulatorOptions } from "../emulators/index.js";
import { question, rejection, streamed, WAYS } from "../emulators/question.js";
import { prose } from "../support/prose.js";

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

describe("a server that cuts prompts and says nothing", () => {
  const long = question({ prompt: prose(8_000), maxOutputTokens: 200 });

  it.each(WAYS)("%s: is found out, with the setting to change", async (_way, ask) => {
    const error = await rejection(ask(await localModel(), long));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      kind: "prompt_was_cut",
      isRetryable: false,
      message: expect.stringMatching(/4096 tokens .* OLLAMA_CONTEXT_LENGTH/) as string,
    });
  });

  it.each([
    ["English", prose(2_500)],
    ["Chinese", "船长在日出之前数了十二只灰鹅,然后把港口的账本交给了市议会。".repeat(80)],
    ["tables and rules", `| a |${" ".repeat(200)}| b |\n|${"-".repeat(400)}|\n`.repeat(60)],
    ["a rule without end", "=".repeat(100_000)],
  ])("is not suspected for a prompt that fits: %s", async (_name, prompt) => {
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

  it("ends a run with an error instead of a summary of the rest", async () => {
    const model = await localModel();
    await expect(summarize(prose(9_000), { model, targetTokens: 300, chunkSize: 12_000 })).rejects.toThrow(
      /OLLAMA_CONTEXT_LENGTH/,
    );
  });
});
