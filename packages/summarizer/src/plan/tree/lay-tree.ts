import type { Chunk } from "../chunk/chunk.js";
import { edgePriority } from "../chunk/edge.js";
import type { InParts } from "../in-parts.js";
import { dealBudgets, SEPARATOR_TOKENS, type Deal, type DealSettings } from "./deal-budgets.js";
import { divideEvenly, groupNeighbours, type Group, type Groupable } from "./group-neighbours.js";
import type { MergeNode, SummaryTree, TreeNode } from "./summary-tree.js";

/** Placed between two pauses. */
const CHUNKS_IN_A_PART = 1_024;

/** A node on its way up, with what grouping needs to know of it. */
interface Placed extends Groupable {
  readonly node: TreeNode;
}

/** What each root may take up of the target, joined by blank lines. */
function rootBudget(targetTokens: number, roots: number): number {
  return Math.max(1, Math.floor((targetTokens - (roots - 1) * SEPARATOR_TOKENS) / roots));
}

class TreeBuilder {
  readonly nodes: TreeNode[] = [];

  addChunk(chunk: Chunk, budgetTokens: number, content: string): Placed {
    const node = { kind: "chunk", id: this.nodes.length, level: 0, chunk, budgetTokens } as const;
    this.nodes.push(node);
    return { node, budgetTokens, edgePriority: edgePriority(content, chunk.end) };
  }

  /** One node for a group: a merge, or the item itself when it is alone. */
  addGroup(items: readonly Placed[], group: Group, budgetTokens: number): Placed {
    const members = items.slice(group.from, group.to);
    const last = members.at(-1);
    if (last === undefined) throw new RangeError(`An empty group from ${group.from} to ${group.to}`);
    if (members.length === 1) return this.limit(last, budgetTokens);
    const node: MergeNode = {
      kind: "merge",
      id: this.nodes.length,
      level: 1 + Math.max(...members.map(({ node: member }) => member.level)),
      children: members.map(({ node: member }) => member.id),
      budgetTokens,
    };
    this.nodes.push(node);
    return { node, budgetTokens, edgePriority: last.edgePriority };
  }

  /** The same node with no more than `budgetTokens`. */
  private limit(placed: Placed, budgetTokens: number): Placed {
    if (placed.budgetTokens <= budgetTokens) return placed;
    const node = { ...placed.node, budgetTokens };
    this.nodes[node.id] = node;
    return { ...placed, node, budgetTokens };
  }
}

/** Merges level upon level until what is left can be divided among the roots. */
function* layMerges(
  leaves: readonly Placed[],
  deal: Deal,
  settings: DealSettings,
  builder: TreeBuilder,
): InParts<Placed[]> {
  let items = leaves;
  for (let level = 1; ; level += 1) {
    const even = yield* divideEvenly(items, deal.roots, settings.tokenMax);
    const groups = even ?? (yield* groupNeighbours(items, settings.tokenMax));
    const isLast = even !== undefined || level >= settings.maxCollapseDepth || groups.length === items.length;
    const budget = isLast ? rootBudget(settings.targetTokens, groups.length) : deal.innerTokens;
    const placed: Placed[] = [];
    for (const group of groups) {
      placed.push(builder.addGroup(items, group, budget));
      yield;
    }
    if (isLast) return placed;
    items = placed;
  }
}

function* layOut(
  content: string,
  chunks: readonly Chunk[],
  deal: Deal,
  settings: DealSettings,
): InParts<SummaryTree> {
  const builder = new TreeBuilder();
  const leaves: Placed[] = [];
  for (const [index, chunk] of chunks.entries()) {
    leaves.push(builder.addChunk(chunk, deal.leafTokens[index] ?? 1, content));
    if (index % CHUNKS_IN_A_PART === 0) yield;
  }
  const roots = deal.isFlat ? leaves : yield* layMerges(leaves, deal, settings, builder);
  return { nodes: builder.nodes, roots: roots.map(({ node }) => node.id) };
}

/** How often, and by how much, inner budgets are lowered when groups turn out fewer to a root than dealt for. */
const ATTEMPTS = 8;
const LOWERED_BY = 2 ** (-1 / 8);

/**
 * Lays out the whole tree over the chunks of `content`. Pure: the same chunks and settings give the same tree, and a
 * change in one place of the content leaves the groups elsewhere as they were.
 *
 * @throws InvalidOptionError when `maxCollapseDepth` is too small for the content.
 */
export function* layTree(
  content: string,
  chunks: readonly Chunk[],
  settings: DealSettings,
): InParts<SummaryTree> {
  const deal = dealBudgets(chunks, settings);
  const tree = yield* layOut(content, chunks, deal, settings);
  // A level more than dealt for would hand the roots too little to fill the target: rather lower the budgets a little.
  let lowered = tree;
  let { innerTokens } = deal;
  for (let attempt = 1; attempt < ATTEMPTS && depthOf(lowered) > deal.innerLevels + 1; attempt += 1) {
    innerTokens = Math.floor(innerTokens * LOWERED_BY);
    lowered = yield* layOut(content, chunks, { ...deal, innerTokens }, settings);
  }
  return depthOf(lowered) < depthOf(tree) ? lowered : tree;
}

function depthOf(tree: SummaryTree): number {
  return tree.nodes.reduce((depth, node) => Math.max(depth, node.level), 0);
}
