import type { Completion, CompletionRequest } from "./completion.js";
import { guidanceFor } from "./prompts/content-type.js";
import { divideNode, type DivisionReason, type NodePart } from "./divide-node.js";
import { inOneGo, type InParts } from "./in-parts.js";
import { joinedFit, type NodeSummary } from "./node-summary.js";
import type { TreePlan } from "./plan.js";
import {
  mapRequest,
  mergeRequest,
  shortenRequest,
  type Budget,
  type PriorSummary,
} from "./prompts/requests.js";
import { stepKey, type Step, type StepKind } from "./step.js";
import type { TextSpan } from "./text/sentences.js";
import { countInParts } from "./text/count-in-parts.js";
import { trimInParts } from "./text/trim.js";
import type { Tokenizer } from "./tokenizer.js";
import type { TreeNode } from "./tree/summary-tree.js";

/*
 * The life of a node:
 *
 *   waiting ──children there──▶ asked ──within budget────────────────▶ done (model)
 *      │                          └─over budget or cut─▶ shortening ──▶ done (shortened | trimmed)
 *      └─text already fits its budget─────────────────────────────────▶ done (as-is)
 *
 * A chunk waits for nothing. Every node is asked at most once and shortened at most once, so any run ends.
 */
type NodeState =
  | { readonly kind: "waiting"; readonly missing: number }
  | { readonly kind: "asked"; readonly step: Step }
  | { readonly kind: "shortening"; readonly step: Step; readonly draft: string; readonly draftKey: string }
  | { readonly kind: "done"; readonly summary: NodeSummary };

/** Runs a plan without doing anything itself: says which steps can be asked now, and takes their completions. */
export interface PlanMachine {
  /** Steps that have become ready since the last call, in source order. A key is handed out once in a run. */
  takeReady(): Step[];
  /**
   * Takes the completion of a step handed out before; the completion must have been judged usable.
   * @throws RangeError for a key that is not waited for.
   */
  accept(key: string, completion: Completion): void;
  /**
   * The same as `accept`, in parts: a key may stand for hundreds of nodes where a content repeats itself, and an answer may be
   * as long as a model likes. Several may be under way side by side.
   */
  acceptInParts(key: string, completion: Completion): InParts<void>;
  /**
   * Gives up a step that is too long for its model: its node's work is divided in two, whose steps are ready then.
   * Ends with `false`, and changes nothing, when there is nothing left to divide.
   * @throws RangeError for a key that is not waited for.
   */
  split(key: string, reason: DivisionReason): InParts<boolean>;
  /**
   * Gives up a shortening that is too long for its model: the draft is cut to its length by code. Ends with `false`, and
   * changes nothing, for steps of other kinds.
   * @throws RangeError for a key that is not waited for.
   */
  giveUpShortening(key: string): InParts<boolean>;
  /** The nodes of the tree, with those that came from splitting; a node's id is its index. */
  readonly nodes: readonly TreeNode[];
  /** Whether all roots have their summaries. */
  isFinished(): boolean;
  /** The summary of a node, by its id; `undefined` while it is not done. */
  summaryOf(nodeId: number): NodeSummary | undefined;
}

/** The parts of its budget that a prompt asks for: roots come close to it, inner nodes leave room to be a little over. */
const ASKED_OF_ROOT = 0.95;
const ASKED_OF_INNER = 0.8;
const ASKED_WHEN_SHORTENING = 0.8;

/** Summaries are joined as paragraphs. */
export const SEPARATOR = "\n\n";

function askedTokens(tokens: number, share: number): number {
  return Math.max(1, Math.floor(tokens * share));
}

class Machine implements PlanMachine {
  readonly nodes: TreeNode[];
  private readonly states: NodeState[];
  private readonly parents: (number | undefined)[];
  private readonly waitingFor = new Map<string, number[]>();
  private readonly answered = new Map<string, Completion>();
  /** Nodes whose work was divided. Their parts share their budget: to divide them again would make no request shorter. */
  private readonly divided = new Set<number>();
  private ready: Step[] = [];
  private readonly roots: ReadonlyMap<number, number>;

  constructor(
    private readonly plan: TreePlan,
    private readonly tokenizer: Tokenizer,
  ) {
    const nodes = [...plan.tree.nodes];
    this.nodes = nodes;
    this.roots = new Map(plan.tree.roots.map((root, index) => [root, index]));
    this.parents = nodes.map(() => undefined);
    this.states = nodes.map((node) => ({
      kind: "waiting",
      missing: node.kind === "merge" ? node.children.length : 0,
    }));
    for (const node of nodes) {
      if (node.kind === "merge") for (const child of node.children) this.parents[child] = node.id;
    }
  }

  /** To be run once, before anything else. */
  *askChunks(): InParts<void> {
    for (const node of this.plan.tree.nodes) {
      if (node.kind !== "chunk") continue;
      yield* this.askChunk(node);
      yield;
    }
  }

  takeReady(): Step[] {
    const ready = this.ready;
    this.ready = [];
    return ready;
  }

  accept(key: string, completion: Completion): void {
    inOneGo(this.acceptInParts(key, completion));
  }

  *acceptInParts(key: string, completion: Completion): InParts<void> {
    const waiting = this.nodesWaitingFor(key);
    this.waitingFor.delete(key);
    this.answered.set(key, completion);
    for (const nodeId of waiting) {
      yield* this.advance(nodeId, completion);
      yield;
    }
  }

  *split(key: string, reason: DivisionReason): InParts<boolean> {
    const parts = new Map<number, readonly NodePart[]>();
    // In a pause the key may come to stand for one node more: the loop reaches it, and no pause is between its end and the deletion.
    for (const nodeId of this.nodesWaitingFor(key)) {
      const divided = yield* this.partsOf(nodeId, reason);
      if (divided === undefined) return false;
      parts.set(nodeId, divided);
    }
    this.waitingFor.delete(key);
    for (const [nodeId, divided] of parts) yield* this.replace(nodeId, divided);
    return true;
  }

  *giveUpShortening(key: string): InParts<boolean> {
    const waiting = this.nodesWaitingFor(key);
    if (waiting.some((nodeId) => this.states[nodeId]?.kind !== "shortening")) return false;
    this.waitingFor.delete(key);
    for (const nodeId of waiting) {
      const node = this.nodes[nodeId];
      const state = this.states[nodeId];
      if (node !== undefined && state?.kind === "shortening")
        yield* this.trim(node, state.draft, state.draftKey);
    }
    return true;
  }

  isFinished(): boolean {
    return this.plan.tree.roots.every((root) => this.states[root]?.kind === "done");
  }

  summaryOf(nodeId: number): NodeSummary | undefined {
    const state = this.states[nodeId];
    return state?.kind === "done" ? state.summary : undefined;
  }

  private nodesWaitingFor(key: string): readonly number[] {
    const waiting = this.waitingFor.get(key);
    if (waiting === undefined) throw new RangeError(`No step of this plan waits for the key ${key}.`);
    return waiting;
  }

  private *partsOf(nodeId: number, reason: DivisionReason): InParts<readonly NodePart[] | undefined> {
    const node = this.nodes[nodeId];
    if (node === undefined || this.states[nodeId]?.kind !== "asked" || this.divided.has(nodeId))
      return undefined;
    return yield* divideNode(node, this.plan.content, this.plan.settings, this.tokenizer, reason);
  }

  /** Puts a merge of the parts in a node's place. The parts share its budget, so that joined they need no further call. */
  private *replace(nodeId: number, parts: readonly NodePart[]): InParts<void> {
    const node = this.nodes[nodeId];
    if (node === undefined) return;
    const children = parts.map((part) => {
      const id = this.nodes.length;
      this.nodes.push({ ...part, id });
      this.parents.push(nodeId);
      this.states.push({ kind: "waiting", missing: 0 });
      if (part.kind === "merge") for (const child of part.children) this.parents[child] = id;
      return id;
    });
    this.divided.add(nodeId);
    const { level, budgetTokens } = node;
    this.nodes[nodeId] = { kind: "merge", id: nodeId, level: level + 1, children, budgetTokens };
    this.states[nodeId] = { kind: "waiting", missing: children.length };
    for (const child of children) {
      const part = this.nodes[child];
      if (part?.kind === "chunk") yield* this.askChunk(part);
      else if (part?.kind === "merge") yield* this.askMerge(part);
    }
  }

  private *askChunk(node: TreeNode & { kind: "chunk" }): InParts<void> {
    const { content } = this.plan;
    const { start, end, tokens, contextStart } = node.chunk;
    const text = content.slice(start, end);
    const fits = tokens <= node.budgetTokens && !this.carriesPrior(node);
    if (fits || text.trim() === "") return yield* this.passOn(node, text.trim());
    const asked = this.asked(node);
    const request = mapRequest(
      { text, tokens },
      content.slice(contextStart, start),
      asked.prior,
      asked.budget,
      this.plan.settings.contentPrompts,
    );
    yield* this.ask(node, this.describe(node, "map", request));
  }

  private *askMerge(node: TreeNode & { kind: "merge" }): InParts<void> {
    const children = node.children
      .map((child) => this.summaryOf(child))
      .filter((summary): summary is NodeSummary => summary !== undefined && summary.text !== "");
    const joined = children.map(({ text }) => text).join(SEPARATOR);
    const tokens = yield* countInParts(joined, this.tokenizer);
    const fits = tokens <= node.budgetTokens && !this.carriesPrior(node);
    if (fits || joined === "") return yield* this.passOn(node, joined);
    // A token more than its parts were given is no reason for another call.
    if (this.divided.has(node.id) && !this.carriesPrior(node)) return yield* this.trim(node, joined, null);
    const { contentPrompts } = this.plan.settings;
    const asked = this.asked(node);
    const request = mergeRequest(children, asked.prior, asked.budget, contentPrompts);
    yield* this.ask(node, this.describe(node, "merge", request));
  }

  /** A text that fits its node's budget needs no model, on any level: the rule of the whole library. */
  private *passOn(node: TreeNode, text: string): InParts<void> {
    const children =
      node.kind === "merge" ? node.children.map((child) => this.summaryOf(child)?.fit ?? "as-is") : [];
    const tokens = yield* countInParts(text, this.tokenizer);
    yield* this.finish(node, { text, tokens, fit: joinedFit(children), stepKey: null });
  }

  private *ask(node: TreeNode, step: Step): InParts<void> {
    this.states[node.id] = { kind: "asked", step };
    yield* this.expect(node.id, step);
  }

  /** Hands a step out, unless the same key is under way for another node or has been answered already. */
  private *expect(nodeId: number, step: Step): InParts<void> {
    const answer = this.answered.get(step.key);
    if (answer !== undefined) return yield* this.advance(nodeId, answer);
    const waiting = this.waitingFor.get(step.key);
    if (waiting !== undefined) {
      waiting.push(nodeId);
      return;
    }
    this.waitingFor.set(step.key, [nodeId]);
    this.ready.push(step);
  }

  private *advance(nodeId: number, completion: Completion): InParts<void> {
    const node = this.nodes[nodeId];
    const state = this.states[nodeId];
    if (node === undefined || state === undefined) return;
    if (state.kind === "asked") yield* this.weigh(node, state.step, completion);
    else if (state.kind === "shortening") yield* this.settle(node, state.step, state.draft, completion);
  }

  /** First rung of the length ladder: within the budget and complete, or one request to shorten. */
  private *weigh(node: TreeNode, step: Step, completion: Completion): InParts<void> {
    const text = completion.text.trim();
    const tokens = yield* countInParts(text, this.tokenizer);
    if (tokens <= node.budgetTokens && completion.finishReason !== "length") {
      return yield* this.finish(node, { text, tokens, fit: "model", stepKey: step.key });
    }
    // No request may grow with what a model babbles: a draft is read up to the limit it had.
    const draft = yield* trimInParts(text, step.request.maxOutputTokens, this.tokenizer);
    const budget = {
      tokens: node.budgetTokens,
      askedTokens: askedTokens(node.budgetTokens, ASKED_WHEN_SHORTENING),
    };
    const counted = { text: draft, tokens: yield* countInParts(draft, this.tokenizer) };
    const guidance = guidanceFor(this.plan.settings.contentPrompts, node.kind);
    const request = shortenRequest(counted, this.asked(node).prior, budget, guidance);
    const shorten = this.describe(node, "shorten", request);
    this.states[node.id] = { kind: "shortening", step: shorten, draft, draftKey: step.key };
    yield* this.expect(node.id, shorten);
  }

  /** Last rungs: the shorter wording if it is within the budget, else a cut. */
  private *settle(node: TreeNode, step: Step, draft: string, completion: Completion): InParts<void> {
    const isUsable = completion.finishReason !== "refusal" && completion.text.trim() !== "";
    const text = isUsable ? completion.text.trim() : draft;
    const tokens = yield* countInParts(text, this.tokenizer);
    if (isUsable && tokens <= node.budgetTokens && completion.finishReason !== "length") {
      return yield* this.finish(node, { text, tokens, fit: "shortened", stepKey: step.key });
    }
    yield* this.trim(node, text, step.key);
  }

  private *trim(node: TreeNode, text: string, stepKey: string | null): InParts<void> {
    const trimmed = yield* trimInParts(text, node.budgetTokens, this.tokenizer);
    const tokens = yield* countInParts(trimmed, this.tokenizer);
    yield* this.finish(node, { text: trimmed, tokens, fit: "trimmed", stepKey });
  }

  private *finish(node: TreeNode, summary: NodeSummary): InParts<void> {
    this.states[node.id] = { kind: "done", summary };
    const parentId = this.parents[node.id];
    if (parentId === undefined) return;
    const parent = this.nodes[parentId];
    const state = this.states[parentId];
    if (parent?.kind !== "merge" || state?.kind !== "waiting") return;
    const missing = state.missing - 1;
    this.states[parentId] = { kind: "waiting", missing };
    if (missing === 0) yield* this.askMerge(parent);
  }

  private describe(node: TreeNode, kind: StepKind, request: CompletionRequest): Step {
    return {
      key: stepKey(this.plan.settings.modelId, request),
      kind,
      level: node.level,
      span: spanOf(this.nodes, node),
      rootIndex: this.roots.get(node.id) ?? null,
      request,
      budgetTokens: node.budgetTokens,
    };
  }

  private asked(node: TreeNode): Asked {
    return askedOf(this.plan, node, this.roots.has(node.id));
  }

  private carriesPrior(node: TreeNode): boolean {
    return this.asked(node).prior?.isCarriedForward === true;
  }
}

/** What a node's own request is made with. */
export interface Asked {
  readonly budget: Budget;
  readonly prior: PriorSummary | null;
}

/** How long a node's summary may be, and what the earlier summary is to it: exactly one root carries it forward. */
export function askedOf({ tree, priorSummary }: TreePlan, node: TreeNode, isRoot: boolean): Asked {
  const share = isRoot ? ASKED_OF_ROOT : ASKED_OF_INNER;
  const budget = { tokens: node.budgetTokens, askedTokens: askedTokens(node.budgetTokens, share) };
  if (priorSummary === null) return { budget, prior: null };
  return { budget, prior: { text: priorSummary, isCarriedForward: tree.roots[0] === node.id } };
}

/** The part of the content that a node stands for. */
export function spanOf(nodes: readonly TreeNode[], node: TreeNode): TextSpan {
  if (node.kind === "chunk") return { start: node.chunk.start, end: node.chunk.end };
  const first = nodes[node.children[0] ?? -1];
  const last = nodes[node.children.at(-1) ?? -1];
  return {
    start: first === undefined ? 0 : spanOf(nodes, first).start,
    end: last === undefined ? 0 : spanOf(nodes, last).end,
  };
}

/** Starts a plan from nothing. Replaying the completions of a memo brings it to where an earlier run was. */
export function* startMachine(plan: TreePlan, tokenizer: Tokenizer): InParts<PlanMachine> {
  const machine = new Machine(plan, tokenizer);
  yield* machine.askChunks();
  return machine;
}
