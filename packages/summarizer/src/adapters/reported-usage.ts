import type { CompletionRequest, CompletionUsage } from "../plan/completion.js";
import { approximate } from "../tokens/approximate.js";

/** Token counts as they came, before anything is believed. */
export interface ReportedUsage {
  /** Cached tokens included. */
  readonly inputTokens?: unknown;
  readonly outputTokens?: unknown;
  readonly cachedInputTokens?: unknown;
  readonly cacheWriteTokens?: unknown;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Nonsense stays nonsense, so that it is refused with the field's name instead of being repaired here. */
function counted(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}

/**
 * The usage of a call, from what the provider reported. A server that reports none is estimated: a run that believed it had
 * cost nothing would keep no budget. Servers that do not count say nothing, or 0: no prompt has 0 tokens, and no text either.
 */
export function usageFrom(
  { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens }: ReportedUsage,
  request: CompletionRequest,
  text: string,
): CompletionUsage {
  const tokenizer = approximate();
  const cached = isAbsent(cachedInputTokens) ? 0 : counted(cachedInputTokens);
  const written = isAbsent(cacheWriteTokens) ? 0 : counted(cacheWriteTokens);
  const isInputCounted = !isAbsent(inputTokens) && (inputTokens !== 0 || cached + written > 0);
  const reported = !isInputCounted
    ? tokenizer.count(request.system) + tokenizer.count(request.prompt)
    : counted(inputTokens);
  return {
    // Some servers leave the cached tokens out of the whole.
    inputTokens: cached + written > reported ? reported + cached + written : reported,
    outputTokens:
      isAbsent(outputTokens) || (outputTokens === 0 && text !== "")
        ? tokenizer.count(text)
        : counted(outputTokens),
    ...(isAbsent(cachedInputTokens) ? {} : { cachedInputTokens: cached }),
    ...(isAbsent(cacheWriteTokens) ? {} : { cacheWriteTokens: written }),
  };
}
