import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { InParts } from "./in-parts.js";
import { SEPARATOR, spanOf, type PlanMachine } from "./machine.js";
import { joinedFit, type Fit } from "./node-summary.js";
import type { TreePlan } from "./plan.js";
import { countInParts } from "./text/count-in-parts.js";
import { trimInParts } from "./text/trim.js";
import type { TextSpan } from "./text/sentences.js";
import type { Tokenizer } from "./tokenizer.js";
import type { Warning } from "./warning.js";

/** A node of the summary's tree, from the result down to the chunks. */
export interface SourceNode {
  /** `content` is the content itself, `join` several summaries one after the other. */
  readonly kind: "content" | "chunk" | "merge" | "join";
  readonly text: string;
  /** The part of the content that `text` stands for: `content.slice(start, end)`. */
  readonly span: TextSpan;
  /** The key of the step that wrote `text`; `null` when no model was asked. */
  readonly stepKey: string | null;
  readonly fit: Fit;
  /** In source order; empty for chunks. */
  readonly children: readonly SourceNode[];
}

/** What a finished tree amounts to. */
export interface TreeOutcome {
  readonly summary: string;
  readonly outputTokens: number;
  readonly fit: Fit;
  /** Levels of merges that asked the model. */
  readonly collapseDepth: number;
  readonly sources: SourceNode;
  readonly warnings: readonly Warning[];
}

function* sourceOf(machine: PlanMachine, nodeId: number): InParts<SourceNode> {
  const node = machine.nodes[nodeId];
  const summary = machine.summaryOf(nodeId);
  if (node === undefined || summary === undefined) throw new RangeError(`Node ${nodeId} has no summary yet.`);
  const children: SourceNode[] = [];
  if (node.kind === "merge")
    for (const child of node.children) children.push(yield* sourceOf(machine, child));
  yield;
  const { text, stepKey, fit } = summary;
  return { kind: node.kind, text, span: spanOf(machine.nodes, node), stepKey, fit, children };
}

function depthOf(source: SourceNode): number {
  const below = source.children.reduce((depth, child) => Math.max(depth, depthOf(child)), 0);
  return source.kind === "merge" && source.stepKey !== null ? below + 1 : below;
}

function countTrimmed(source: SourceNode): number {
  const own = source.fit === "trimmed" && source.stepKey !== null ? 1 : 0;
  return source.children.reduce((count, child) => count + countTrimmed(child), own);
}

/**
 * Puts the result together from a finished machine.
 * @throws InvalidOptionError when the target is too small for a single character of the summary.
 */
export function* outcomeOf(plan: TreePlan, machine: PlanMachine, tokenizer: Tokenizer): InParts<TreeOutcome> {
  const roots: SourceNode[] = [];
  for (const root of plan.tree.roots) roots.push(yield* sourceOf(machine, root));
  const joined = roots
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join(SEPARATOR);
  // The parts fit their shares; joined they may count a token more than the sum.
  const joinedTokens = yield* countInParts(joined, tokenizer);
  const isOver = joinedTokens > plan.targetTokens;
  const summary = isOver ? yield* trimInParts(joined, plan.targetTokens, tokenizer) : joined;
  if (summary === "") {
    throw new InvalidOptionError(
      "targetTokens",
      plan.targetTokens,
      "a larger number: not one character of the summary fits",
    );
  }
  const [only] = roots;
  const sources: SourceNode =
    roots.length === 1 && only !== undefined && !isOver
      ? only
      : {
          kind: "join",
          text: summary,
          span: { start: 0, end: plan.content.length },
          stepKey: null,
          fit: isOver ? "trimmed" : joinedFit(roots.map(({ fit }) => fit)),
          children: roots,
        };
  const trimmed = countTrimmed(sources);
  const warnings: Warning[] =
    trimmed === 0
      ? []
      : [
          {
            code: "summaries_trimmed",
            message: `${trimmed} of the summaries stayed too long when asked to be shorter and were cut at a sentence or word.`,
          },
        ];
  return {
    summary,
    outputTokens: isOver ? yield* countInParts(summary, tokenizer) : joinedTokens,
    fit: sources.fit,
    collapseDepth: depthOf(sources),
    sources,
    warnings,
  };
}
