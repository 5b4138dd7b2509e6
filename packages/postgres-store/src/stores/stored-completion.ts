import type { Completion, CompletionUsage, FinishReason } from "@gro/summarizer";

const FINISH_REASONS: Readonly<Record<FinishReason, true>> = {
  stop: true,
  length: true,
  refusal: true,
  other: true,
};

/** The completion in a field, `undefined` for one that holds none. */
export function completionIn(json: string): Completion | undefined {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) return undefined;
  const { text, finishReason, usage } = value;
  if (typeof text !== "string" || !isFinishReason(finishReason) || !isUsage(usage)) return undefined;
  return { text, finishReason, usage };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isFinishReason(value: unknown): value is FinishReason {
  return typeof value === "string" && Object.hasOwn(FINISH_REASONS, value);
}

function isUsage(value: unknown): value is CompletionUsage & Readonly<Record<string, unknown>> {
  return (
    isObject(value) && typeof value["inputTokens"] === "number" && typeof value["outputTokens"] === "number"
  );
}
