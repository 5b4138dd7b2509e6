import { openai } from "@gro/openai";
import { summarize, type GenerateRequest, type LanguageModel, type Tokenizer } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";

/** A server that counts prompts as the caller says and answers all the same, without the way over HTTP. */
export function countingModel(countTokens: (request: GenerateRequest) => number): LanguageModel {
  const create = ({ messages }: { messages: { role: string; content: string }[] }) => {
    const content = (role: string) => messages.find((message) => message.role === role)?.content ?? "";
    const request = { system: content("system"), prompt: content("user"), maxOutputTokens: 1_000 };
    const data = {
      choices: [{ message: { content: "The ferries ran." }, finish_reason: "stop" }],
      usage: { prompt_tokens: countTokens(request), completion_tokens: 5 },
    };
    const response = new Response();
    return {
      withResponse: () => Promise.resolve({ data, response, request_id: "req_1" }),
      asResponse: () => Promise.resolve(response),
    };
  };
  // A client is known by its shape.
  return openai("llama3.2", { client: { chat: { completions: { create } } } as never });
}

/** What the summary of a text asks for, in the order in which it asks. */
export async function requestsFor(
  text: string,
  tokenizer: Tokenizer,
  options: { readonly chunkSize?: number; readonly tokenMax?: number } = {},
): Promise<readonly GenerateRequest[]> {
  const model = scriptedModel({ tokenizer });
  await summarize(text, { ...options, model, targetTokens: 400, tokenizer });
  return model.requests;
}

/** Asks a server that cuts nothing, whatever it adds to a prompt to frame it. Rejects when it is suspected. */
export async function askUncut(
  requests: readonly GenerateRequest[],
  tokenizer: Tokenizer,
  framings: readonly number[],
): Promise<void> {
  const counts = new Map<string, number>();
  for (const { system, prompt } of requests) {
    counts.set(prompt, tokenizer.count(system) + tokenizer.count(prompt));
  }
  for (const framing of framings) {
    const model = countingModel(({ prompt }) => (counts.get(prompt) ?? 0) + framing);
    for (const { system, prompt, maxOutputTokens } of requests) {
      await model.generate({ system, prompt, maxOutputTokens });
    }
  }
}
