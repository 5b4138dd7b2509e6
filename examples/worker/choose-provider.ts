import { anthropicBatch } from "@gro/anthropic";
import { localBatch, type BatchProvider } from "@gro/batch";
import { extractive } from "@gro/extractive";
import { openaiBatch } from "@gro/openai";

/** The provider whose key is there, or else a model on this machine, run as if it had a batch API. */
export function chooseProvider(variables: Readonly<Record<string, string | undefined>>): BatchProvider {
  const anthropic = { apiKey: variables["ANTHROPIC_API_KEY"], baseURL: variables["ANTHROPIC_BASE_URL"] };
  const openai = { apiKey: variables["OPENAI_API_KEY"], baseURL: variables["OPENAI_BASE_URL"] };
  if (anthropic.apiKey !== undefined) return anthropicBatch("claude-haiku-4-5", anthropic);
  if (openai.apiKey !== undefined) return openaiBatch("gpt-4o-mini", openai);
  return localBatch(extractive());
}
