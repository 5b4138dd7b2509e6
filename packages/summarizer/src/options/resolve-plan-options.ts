import { InvalidOptionError } from "../errors/invalid-option-error.js";
import {
  CONTENT_TYPES,
  promptsFor,
  type ContentPrompts,
  type ContentType,
} from "../plan/prompts/content-type.js";
import type { PlanSettings, Target } from "../plan/settings.js";
import type { Tokenizer } from "../ports/tokenizer.js";
import { tiktoken } from "../tokens/tiktoken.js";
import { wholeNumber, withId, withMethods } from "./check-value.js";
import { DEFAULTS } from "./defaults.js";
import type { SummarizeOptions } from "./summarize-options.js";

/** The options that shape a plan. */
export type PlanOptions = Pick<
  SummarizeOptions,
  | "targetTokens"
  | "targetRatio"
  | "contentType"
  | "priorSummary"
  | "tokenMax"
  | "chunkSize"
  | "chunkOverlap"
  | "maxCollapseDepth"
  | "tokenizer"
>;

function resolveTarget(options: PlanOptions, tokenMax: number): Target {
  const { targetRatio, targetTokens } = options;
  // Both are checked, also the one that does not count: a wrong number is a mistake either way.
  const tokens = wholeNumber("targetTokens", targetTokens ?? tokenMax, 1);
  if (targetRatio === undefined) return { kind: "tokens", tokens };
  if (typeof targetRatio === "number" && targetRatio > 0 && targetRatio <= 1)
    return { kind: "ratio", ratio: targetRatio };
  throw new InvalidOptionError("targetRatio", targetRatio, "a number above 0 and at most 1");
}

function isContentType(value: unknown): value is ContentType {
  return CONTENT_TYPES.some((known) => known === value);
}

function resolveContentPrompts(contentType: ContentType | ContentPrompts): ContentPrompts {
  if (isContentType(contentType)) return promptsFor(contentType);
  const allowed = `${CONTENT_TYPES.map((known) => `"${known}"`).join(", ")}, or an object with the string instructions`;
  if (typeof contentType !== "object" || contentType === null) {
    throw new InvalidOptionError("contentType", contentType, allowed);
  }
  const { instructions, mergeInstructions } = contentType;
  if (typeof instructions !== "string" || instructions.trim() === "") {
    throw new InvalidOptionError("contentType.instructions", instructions, "a string that is not blank");
  }
  if (mergeInstructions === undefined) return { instructions };
  if (typeof mergeInstructions !== "string" || mergeInstructions.trim() === "") {
    throw new InvalidOptionError(
      "contentType.mergeInstructions",
      mergeInstructions,
      "a string that is not blank",
    );
  }
  return { instructions, mergeInstructions };
}

function resolvePriorSummary(priorSummary: unknown): string | null {
  if (priorSummary === undefined || priorSummary === null) return null;
  if (typeof priorSummary === "string") return priorSummary;
  throw new InvalidOptionError("priorSummary", priorSummary, "a string or null");
}

/** The options of chunking alone, checked and complete. */
export function resolveChunkOptions(options: Pick<PlanOptions, "chunkSize" | "chunkOverlap" | "tokenizer">) {
  const chunkSize = wholeNumber("chunkSize", options.chunkSize ?? DEFAULTS.chunkSize, 8);
  const usualOverlap = Math.min(DEFAULTS.chunkOverlap, Math.floor(chunkSize / 8));
  const chunkOverlap = wholeNumber("chunkOverlap", options.chunkOverlap ?? usualOverlap, 0, chunkSize - 1);
  const tokenizer = withId(
    "tokenizer",
    withMethods("tokenizer", options.tokenizer ?? tiktoken(DEFAULTS.encoding), "count"),
  );
  return { chunkSize, chunkOverlap, tokenizer };
}

/**
 * Checks every option that shapes a plan and fills in the defaults.
 * @throws InvalidOptionError that names the option, the value and what is allowed.
 */
export function resolvePlanOptions(
  options: PlanOptions,
  modelId: string,
): { readonly plan: PlanSettings; readonly tokenizer: Tokenizer } {
  const tokenMax = wholeNumber("tokenMax", options.tokenMax ?? DEFAULTS.tokenMax, 64);
  const { chunkSize, chunkOverlap, tokenizer } = resolveChunkOptions(options);
  const plan = {
    modelId,
    target: resolveTarget(options, tokenMax),
    contentPrompts: resolveContentPrompts(options.contentType ?? DEFAULTS.contentType),
    priorSummary: resolvePriorSummary(options.priorSummary),
    tokenMax,
    chunkSize,
    chunkOverlap,
    maxCollapseDepth: wholeNumber(
      "maxCollapseDepth",
      options.maxCollapseDepth ?? DEFAULTS.maxCollapseDepth,
      1,
      100,
    ),
  };
  return { plan, tokenizer };
}
