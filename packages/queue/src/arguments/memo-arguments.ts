import {
  InvalidOptionError,
  type Completion,
  type CompletionUsage,
  type FinishReason,
} from "@gro/summarizer";
import { fieldsOf, finite, text } from "./check-value.js";

const FINISH_REASONS: Readonly<Record<FinishReason, true>> = {
  stop: true,
  length: true,
  refusal: true,
  other: true,
};

/**
 * A completion for a memo to keep, checked: one that cannot be read later would be asked for, and paid, again and again.
 *
 * @throws InvalidOptionError
 */
export function completionOf(given: unknown): Completion {
  const expected = "an object with text, finishReason and usage";
  const { text: answer, finishReason, usage } = fieldsOf("completion", given, expected);
  return {
    text: text("completion.text", answer),
    finishReason: finishReasonOf(finishReason),
    usage: usageOf(usage),
  };
}

/** A completion as it was kept, `undefined` for what is none. */
export function completionFrom(kept: unknown): Completion | undefined {
  try {
    return completionOf(kept);
  } catch (error) {
    if (error instanceof InvalidOptionError) return undefined;
    throw error;
  }
}

function usageOf(given: unknown): CompletionUsage {
  const expected = "an object with inputTokens and outputTokens";
  const usage = fieldsOf("completion.usage", given, expected);
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens } = usage;
  return {
    inputTokens: finite("completion.usage.inputTokens", inputTokens),
    outputTokens: finite("completion.usage.outputTokens", outputTokens),
    // Where a provider says something odd of its cache, the answer is worth no less.
    ...(isFinite(cachedInputTokens) && { cachedInputTokens }),
    ...(isFinite(cacheWriteTokens) && { cacheWriteTokens }),
  };
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

/** The key of a completion, checked. @throws InvalidOptionError */
export function memoKeyOf(given: unknown): string {
  return text("key", given);
}

function finishReasonOf(given: unknown): FinishReason {
  if (isFinishReason(given)) return given;
  const known = Object.keys(FINISH_REASONS).join(", ");
  throw new InvalidOptionError("completion.finishReason", given, `one of ${known}`);
}

function isFinishReason(given: unknown): given is FinishReason {
  return typeof given === "string" && Object.hasOwn(FINISH_REASONS, given);
}
