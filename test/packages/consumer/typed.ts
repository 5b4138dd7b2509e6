import { anthropic } from "@gro/anthropic";
import { extractive } from "@gro/extractive";
import { openai } from "@gro/openai";
import { summarize, tiktoken, type LanguageModel, type SummaryResult } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";

const own: LanguageModel = {
  id: "own:model",
  generate: (request) =>
    Promise.resolve({
      text: request.prompt.slice(0, 20),
      finishReason: "stop",
      usage: { inputTokens: 1, outputTokens: 1 },
    }),
};

export async function run(text: string): Promise<string | null> {
  const result: SummaryResult = await summarize(text, { model: extractive(), targetTokens: 40 });
  const other = await summarize(text, { model: own, targetTokens: tiktoken("gpt-4o").count(text) });
  // @ts-expect-error Types are really there: a model is no string.
  await summarize(text, { model: "gpt-4o", targetTokens: 40 });
  return result.summary ?? other.summary;
}

export const models: readonly LanguageModel[] = [
  anthropic("claude-haiku-4-5", { apiKey: "none" }),
  openai("local", { baseURL: "http://127.0.0.1:1/v1" }),
];

export { scriptedModel };
