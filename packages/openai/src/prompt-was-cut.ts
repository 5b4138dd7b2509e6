import { ModelError, type CompletionRequest } from "@gro/summarizer";
import type { Connection } from "./client.js";

const RUN = /\S+/gu;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const UNSPACED_CHARACTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Tokenizers end a token at the end of a word, but for a few that join frequent pairs. */
const LEAST_TOKENS_PER_WORD = 0.7;
/** No tokenizer joins more of these than a few at a time. */
const LEAST_TOKENS_PER_CHARACTER = 0.25;

/** So many tokens `text` has in every tokenizer, at the very least. Long runs without words count as nothing. */
function leastTokens(text: string): number {
  const characters = text.match(UNSPACED_CHARACTER)?.length ?? 0;
  const spaced = characters === 0 ? text : text.replace(UNSPACED_CHARACTER, " ");
  const words = (spaced.match(RUN) ?? []).filter((run) => LETTER_OR_DIGIT.test(run)).length;
  return Math.floor(words * LEAST_TOKENS_PER_WORD + characters * LEAST_TOKENS_PER_CHARACTER);
}

/**
 * Some servers cut a prompt that is longer than their context and say nothing: Ollama does. The summary would then be one of
 * the rest. They give themselves away by counting fewer tokens than the prompt has words.
 *
 * @throws ModelError of kind `prompt_was_cut`, which names the setting to change.
 */
export function checkPromptArrived(
  promptTokens: number | undefined,
  request: CompletionRequest,
  { provider, model }: Connection,
): void {
  if (promptTokens === undefined || !(promptTokens > 0)) return;
  const least = leastTokens(request.system) + leastTokens(request.prompt);
  if (promptTokens >= least) return;
  throw new ModelError({
    kind: "prompt_was_cut",
    provider,
    model,
    message:
      `the server took in ${promptTokens} tokens of a prompt that has at least ${least}: its context is too short, and it ` +
      `cuts without saying so. Raise it (Ollama: OLLAMA_CONTEXT_LENGTH, or num_ctx in the Modelfile; LM Studio: ` +
      `context length), or lower chunkSize and tokenMax`,
  });
}
