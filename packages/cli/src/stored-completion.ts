import type { Completion, CompletionUsage, FinishReason } from "@gro/summarizer";

const FINISH_REASONS: Readonly<Record<FinishReason, true>> = {
  stop: true,
  length: true,
  refusal: true,
  other: true,
};

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isFinishReason(value: unknown): value is FinishReason {
  return typeof value === "string" && Object.hasOwn(FINISH_REASONS, value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function readUsage(value: unknown): CompletionUsage | undefined {
  if (!isRecord(value)) return undefined;
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens } = value;
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  return {
    inputTokens,
    outputTokens,
    ...(isCount(cachedInputTokens) && { cachedInputTokens }),
    ...(isCount(cacheWriteTokens) && { cacheWriteTokens }),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The completion that a file of the memo holds, or `undefined` for a file that holds something else. */
export function readStoredCompletion(json: string): Completion | undefined {
  const value = parse(json);
  if (!isRecord(value)) return undefined;
  const { text, finishReason } = value;
  const usage = readUsage(value["usage"]);
  if (typeof text !== "string" || !isFinishReason(finishReason) || usage === undefined) return undefined;
  return { text, finishReason, usage };
}
