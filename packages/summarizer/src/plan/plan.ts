import { chunkContent } from "./chunk/chunk-content.js";
import type { Chunk } from "./chunk/chunk.js";
import { TextMeasure } from "./chunk/text-measure.js";
import type { InParts } from "./in-parts.js";
import { resolveTarget, type PlanSettings } from "./settings.js";
import { countInParts } from "./text/count-in-parts.js";
import { trimInParts } from "./text/trim.js";
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

function* preparePrior(
  settings: PlanSettings,
  tokenizer: Tokenizer,
  warnings: Warning[],
): InParts<string | null> {
  const prior = settings.priorSummary?.trim() ?? "";
  if (prior === "") return null;
  const limit = mostPriorTokens(settings.tokenMax);
  if ((yield* countInParts(prior, tokenizer)) <= limit) return prior;
  warnings.push({
    code: "prior_summary_trimmed",
    message: `The prior summary is longer than half of tokenMax; its first ${limit} tokens are used.`,
  });
  return yield* trimInParts(prior, limit, tokenizer);
}

/** A blank content has no summary: there is nothing to say about it. */
export function isBlank(content: string): boolean {
  return !/\S/u.test(content);
}

/** The plan of a content that is empty, or that fits its target; `undefined` when it has to be compressed. */
function planWithoutCalls(content: string, inputTokens: number, settings: PlanSettings): Plan | undefined {
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
function* planTree(
  content: string,
  inputTokens: number,
  chunks: readonly Chunk[],
  settings: PlanSettings,
  tokenizer: Tokenizer,
): InParts<TreePlan> {
  const warnings: Warning[] = [];
  const targetTokens = resolveTarget(settings.target, inputTokens);
  const priorSummary = yield* preparePrior(settings, tokenizer, warnings);
  const tree = yield* layTree(content, chunks, { ...settings, targetTokens });
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

/** Counts, chunks and lays out the tree. */
export function* createPlan(content: string, settings: PlanSettings, tokenizer: Tokenizer): InParts<Plan> {
  const measure = yield* TextMeasure.of(content, tokenizer);
  const inputTokens = yield* measure.total();
  const planned = planWithoutCalls(content, inputTokens, settings);
  if (planned !== undefined) return planned;
  const chunks = yield* chunkContent(measure, settings);
  return yield* planTree(content, inputTokens, chunks, settings, tokenizer);
}
