import { findContextStart } from "./chunk/chunk-content.js";
import { chooseEdge } from "./chunk/edge.js";
import type { ChunkSettings } from "./chunk/chunk.js";
import { TextMeasure } from "./chunk/text-measure.js";
import type { InParts } from "./in-parts.js";
import type { Tokenizer } from "./tokenizer.js";
import type { ChunkNode, MergeNode, TreeNode } from "./tree/summary-tree.js";

/** A node that has no id yet. */
export type NodePart = Omit<ChunkNode, "id"> | Omit<MergeNode, "id">;

/** Why a node is divided: our own count says that it has to be, or the model has refused it. */
export type DivisionReason = "counted" | "refused";

/**
 * Chunks of fewer tokens are not divided. Whoever refuses one of a hundred tokens refuses all, as servers do that take no
 * request of ours, and each refusal is a call; counting costs nothing, and goes further.
 */
const LEAST_DIVISIBLE_TOKENS: Readonly<Record<DivisionReason, number>> = { counted: 32, refused: 128 };

/** A chunk is divided at the best place in the middle fifth of it. */
const MIDDLE = [0.4, 0.6] as const;

/** Half of a node's budget, less what separates the halves. */
export function half(budgetTokens: number): number {
  return Math.max(1, Math.floor((budgetTokens - 1) / 2));
}

/**
 * The two halves of a node's work, for a model that has too little room for all of it; `undefined` when it cannot
 * be divided. Depends on the node and the content alone, so a replay divides in the same place.
 */
export function* divideNode(
  node: TreeNode,
  content: string,
  settings: ChunkSettings,
  tokenizer: Tokenizer,
  reason: DivisionReason,
): InParts<readonly NodePart[] | undefined> {
  const budgetTokens = half(node.budgetTokens);
  if (node.kind === "merge") {
    if (node.children.length < 2) return undefined;
    const middle = Math.floor(node.children.length / 2);
    return [node.children.slice(0, middle), node.children.slice(middle)].map((children) => ({
      kind: "merge",
      level: node.level,
      children,
      budgetTokens,
    }));
  }
  const { start, end, tokens, contextStart } = node.chunk;
  if (tokens < LEAST_DIVISIBLE_TOKENS[reason]) return undefined;
  const [low, high] = MIDDLE.map((share) => Math.floor(start + (end - start) * share));
  const edge = yield* chooseEdge(content, start, low ?? start, high ?? end);
  // Only the chunk and its context are measured, not the content before them.
  const measure = yield* TextMeasure.of(content.slice(contextStart, end), tokenizer);
  function* part(from: number, to: number, context: number): InParts<NodePart> {
    const counted = yield* measure.count(from - contextStart, to - contextStart);
    const chunk = { start: from, end: to, contextStart: context, tokens: counted };
    return { kind: "chunk", level: 0, chunk, budgetTokens };
  }
  const context = yield* findContextStart(measure, edge - contextStart, start - contextStart, settings);
  return [yield* part(start, edge, contextStart), yield* part(edge, end, contextStart + context)];
}
