import { chunkContent } from "./chunk/chunk-content.js";
import type { Chunk } from "./chunk/chunk.js";
import { TextMeasure } from "./chunk/text-measure.js";
import { resolveTarget, type PlanSettings } from "./settings.js";
import { trimToTokens } from "./text/trim.js";
import type { Tokenizer } from "./tokenizer.js";
import { layTree } from "./tree/lay-tree.js";
import type { SummaryTree } from "./tree/summary-tree.js";
import type { Warning } from "./warning.js";

/** What to do with a content. Plain data; the same content and settings give the same plan anywhere. */
export type Plan =
  | {
      readonly kind: "empty";
      readonly inputTokens: 0;
      readonly targetTokens: number;
      readonly warnings: readonly Warning[];
    }
  | {
      readonly kind: "fits";
      readonly content: string;
      readonly inputTokens: number;
      readonly targetTokens: number;
      readonly warnings: readonly Warning[];
    }
  | TreePlan;

/** A content that has to be compressed. */
export interface TreePlan {
  readonly kind: "tree";
  readonly content: string;
  readonly inputTokens: number;
  readonly targetTokens: number;
  readonly settings: PlanSettings;
  readonly tree: SummaryTree;
  /** The prior summary as the prompts carry it: cut when it is longer than a merge may spend on it. */
  readonly priorSummary: string | null;
  /** The most model calls that this plan can take: every node asked once and shortened once. */
  readonly maxCalls: number;
  readonly warnings: readonly Warning[];
}

/** The prior summary goes into every prompt: a longer one than this share of `tokenMax` would outweigh the text. */
const LARGEST_PRIOR_SHARE = 1 / 2;

/** The most tokens of a prior summary that prompts carry; of a longer one, the beginning. */
export function mostPriorTokens(tokenMax: number): number {
  return Math.floor(tokenMax * LARGEST_PRIOR_SHARE);
}

function preparePrior(settings: PlanSettings, tokenizer: Tokenizer, warnings: Warning[]): string | null {
  const prior = settings.priorSummary?.trim() ?? "";
  if (prior === "") return null;
  const limit = mostPriorTokens(settings.tokenMax);
  if (tokenizer.count(prior) <= limit) return prior;
  warnings.push({
    code: "prior_summary_trimmed",
    message: `The prior summary is longer than half of tokenMax; its first ${limit} tokens are used.`,
  });
  return trimToTokens(prior, limit, tokenizer);
}

/** A blank content has no summary: there is nothing to say about it. */
export function isBlank(content: string): boolean {
  return content.trim() === "";
}

/** The plan of a content that is empty, or that fits its target; `undefined` when it has to be compressed. */
export function planWithoutCalls(
  content: string,
  inputTokens: number,
  settings: PlanSettings,
): Plan | undefined {
  const targetTokens = resolveTarget(settings.target, inputTokens);
  if (isBlank(content)) return { kind: "empty", inputTokens: 0, targetTokens, warnings: [] };
  if (inputTokens > targetTokens) return undefined;
  const isPriorUnused = (settings.priorSummary ?? "").trim() !== "";
  const warnings: Warning[] = isPriorUnused
    ? [
        {
          code: "prior_summary_unused",
          message: "The content fits the target and stands as it is, without the prior summary.",
        },
      ]
    : [];
  return { kind: "fits", content, inputTokens, targetTokens, warnings };
}

/** The plan of a content that has to be compressed, from its chunks. */
export function planTree(
  content: string,
  inputTokens: number,
  chunks: readonly Chunk[],
  settings: PlanSettings,
  tokenizer: Tokenizer,
): TreePlan {
  const warnings: Warning[] = [];
  const targetTokens = resolveTarget(settings.target, inputTokens);
  const priorSummary = preparePrior(settings, tokenizer, warnings);
  const tree = layTree(content, chunks, { ...settings, targetTokens });
  const maxCalls = tree.nodes.length * 2;
  return {
    kind: "tree",
    content,
    inputTokens,
    targetTokens,
    settings,
    tree,
    priorSummary,
    maxCalls,
    warnings,
  };
}

/** Plans in one go. An executor that must not block for long runs the same parts piece by piece. */
export function createPlan(content: string, settings: PlanSettings, tokenizer: Tokenizer): Plan {
  const measure = new TextMeasure(content, tokenizer);
  const inputTokens = measure.total();
  return (
    planWithoutCalls(content, inputTokens, settings) ??
    planTree(content, inputTokens, [...chunkContent(measure, settings)], settings, tokenizer)
  );
}
