import type { Chunk } from "../chunk/chunk.js";

/** A node whose summary comes from the content itself. */
export interface ChunkNode {
  readonly kind: "chunk";
  readonly id: number;
  readonly level: 0;
  readonly chunk: Chunk;
  /** The most tokens that its summary may take up. */
  readonly budgetTokens: number;
}

/** A node whose summary comes from those of its children, neighbours in source order. */
export interface MergeNode {
  readonly kind: "merge";
  readonly id: number;
  /** One more than the highest level among its children. */
  readonly level: number;
  readonly children: readonly number[];
  readonly budgetTokens: number;
}

export type TreeNode = ChunkNode | MergeNode;

/**
 * The shape of a run, known before the first call: which chunks, which merges of which neighbours, and how long
 * each summary may be. Children come before their parents, and a node's id is its index.
 */
export interface SummaryTree {
  readonly nodes: readonly TreeNode[];
  /** The nodes whose summaries, joined in order, are the result. */
  readonly roots: readonly number[];
}
