import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { InParts } from "./in-parts.js";
import { askedOf, SEPARATOR, type Asked } from "./machine.js";
import type { CompletionRequest } from "./completion.js";
import { divideNode, half } from "./divide-node.js";
import {
  mostInputTokens,
  mostInputTokensOf,
  nonAsciiBytesPerToken,
  leastRoomFor,
  roomFor,
  type ModelRoom,
} from "./input-tokens.js";
import type { TreePlan } from "./plan.js";
import { guidanceFor } from "./prompts/content-type.js";
import { mapRequest, mergeRequest, shortenRequest } from "./prompts/requests.js";
import type { Tokenizer } from "./tokenizer.js";
import type { ChunkNode, MergeNode } from "./tree/summary-tree.js";

/** Calls and tokens, as a run may take them. */
export interface Demand {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export const NO_DEMAND: Demand = { calls: 0, inputTokens: 0, outputTokens: 0 };

/** What a node takes, and how many tokens its summary hands on. */
interface NodeDemand {
  readonly demand: Demand;
  /** By the run's tokenizer. */
  readonly summaryTokens: number;
  /** What the summary is billed for where it is a part of a merge's input. */
  readonly billedTokens: number;
}

function add(one: Demand, other: Demand, times = 1): Demand {
  return {
    calls: one.calls + other.calls * times,
    inputTokens: one.inputTokens + other.inputTokens * times,
    outputTokens: one.outputTokens + other.outputTokens * times,
  };
}

/** How a model is taken to behave. */
interface Assumption {
  /** The share of answers that come out too long, up to their output limit, and have to be shortened: 0 to 1. */
  readonly tooLong: number;
  /** Whether a summary fills its budget to the last token. */
  readonly isFull: boolean;
  /** What a request is billed for, in input tokens. */
  readonly ofRequest: (request: CompletionRequest) => number;
  /**
   * What a text is billed for, in input tokens, that a model has yet to write.
   * @param tokens by the run's tokenizer
   * @param limit the output limit that it is written under, in the provider's tokens
   */
  readonly ofAnswer: (tokens: number, limit: number) => number;
}

/** A text between two tags may take so many tokens more than by itself. */
const SEAM_TOKENS = 4;
/** The id of a part that a node is divided into: none of the plan's. */
const NO_ID = -1;
const NOTHING: NodeDemand = { demand: NO_DEMAND, summaryTokens: 0, billedTokens: 0 };

class Estimator {
  private readonly separatorTokens: number;
  private readonly roots: ReadonlySet<number>;

  constructor(
    private readonly plan: TreePlan,
    private readonly tokenizer: Tokenizer,
    private readonly room: ModelRoom,
    private readonly assumption: Assumption,
  ) {
    this.separatorTokens = tokenizer.count(SEPARATOR);
    this.roots = new Set(plan.tree.roots);
  }

  *estimate(): InParts<Demand> {
    const done: NodeDemand[] = [];
    let total = NO_DEMAND;
    for (const node of this.plan.tree.nodes) {
      const result =
        node.kind === "chunk"
          ? yield* this.chunk(node)
          : yield* this.merge(
              node,
              node.children.flatMap((child) => done[child] ?? []),
            );
      done.push(result);
      total = add(total, result.demand);
      yield;
    }
    return total;
  }

  private asked(node: ChunkNode | MergeNode): Asked {
    return askedOf(this.plan, node, this.roots.has(node.id));
  }

  private *chunk(node: ChunkNode): InParts<NodeDemand> {
    const { content } = this.plan;
    const { start, end, tokens, contextStart } = node.chunk;
    const text = content.slice(start, end);
    if (text.trim() === "") return NOTHING;
    const asked = this.asked(node);
    if (tokens <= node.budgetTokens && asked.prior?.isCarriedForward !== true) {
      return { demand: NO_DEMAND, summaryTokens: tokens, billedTokens: this.assumption.ofAnswer(tokens, 0) };
    }
    const context = content.slice(contextStart, start);
    const { settings } = this.plan;
    const request = mapRequest({ text, tokens }, context, asked.prior, asked.budget, settings.contentPrompts);
    const missing = yield* this.missingRoom(request, 0);
    if (missing === undefined) return this.answered(node, request, 0);
    const parts = yield* divideNode(node, content, settings, this.tokenizer, "counted");
    if (parts === undefined) {
      if (yield* this.isSureToBeRefused(request)) throw tooLittleContext(this.room.contextTokens, missing);
      return this.answered(node, request, 0);
    }
    const demands: NodeDemand[] = [];
    for (const part of parts) {
      if (part.kind === "chunk") demands.push(yield* this.chunk({ ...part, id: NO_ID }));
    }
    return yield* this.divided(node, demands);
  }

  private *merge(node: MergeNode, children: readonly NodeDemand[], isDivided = false): InParts<NodeDemand> {
    const { contentPrompts } = this.plan.settings;
    const asked = this.asked(node);
    const isCarrying = asked.prior?.isCarriedForward === true;
    const parts = children.filter((part) => part.summaryTokens > 0);
    const joined = this.joined(parts, "summaryTokens");
    const billed = this.joined(parts, "billedTokens");
    const standsAsItIs = { demand: NO_DEMAND, summaryTokens: joined, billedTokens: billed };
    if (joined === 0 || (isDivided && !isCarrying)) return standsAsItIs;
    // In the worst case no summary is short enough to spare a merge, though its budget would allow it.
    const fits = joined <= node.budgetTokens && !isCarrying;
    if (fits && !this.assumption.isFull) return standsAsItIs;
    const blank = children.map(() => ({ text: "", tokens: 0 }));
    const request = mergeRequest(blank, asked.prior, asked.budget, contentPrompts);
    const seams = this.assumption.isFull ? SEAM_TOKENS * children.length : 0;
    if (
      isDivided ||
      children.length < 2 ||
      (yield* this.missingRoom(request, joined + seams)) === undefined
    ) {
      return this.answered(node, request, billed);
    }
    const middle = Math.floor(children.length / 2);
    const budgetTokens = half(node.budgetTokens);
    const halves: NodeDemand[] = [];
    for (const some of [children.slice(0, middle), children.slice(middle)]) {
      const part = { ...node, id: NO_ID, children: some.map(() => NO_ID), budgetTokens };
      halves.push(yield* this.merge(part, some));
    }
    return yield* this.divided(node, halves);
  }

  /** A node whose work its parts have done; the one that carries the prior summary forward is asked for all that. */
  private *divided(node: ChunkNode | MergeNode, parts: readonly NodeDemand[]): InParts<NodeDemand> {
    const { id, level, budgetTokens } = node;
    const inPlace: MergeNode = {
      kind: "merge",
      id,
      level: level + 1,
      children: parts.map(() => NO_ID),
      budgetTokens,
    };
    const own = yield* this.merge(inPlace, parts, true);
    return { ...own, demand: parts.reduce((sum, part) => add(sum, part.demand), own.demand) };
  }

  private joined(parts: readonly NodeDemand[], what: "summaryTokens" | "billedTokens"): number {
    const separators = Math.max(0, parts.length - 1) * this.separatorTokens;
    return parts.reduce((sum, part) => sum + part[what], separators);
  }

  /** What the model's context would have to have for a request that has no room in it; `undefined` for all others. */
  private *missingRoom(request: CompletionRequest, unwrittenTokens: number): InParts<number | undefined> {
    if (this.room.contextTokens === undefined) return undefined;
    const needed = yield* roomFor(request, this.room, this.tokenizer, unwrittenTokens);
    return needed > this.room.contextTokens ? needed : undefined;
  }

  private *isSureToBeRefused(request: CompletionRequest): InParts<boolean> {
    const { contextTokens = Infinity } = this.room;
    return (yield* leastRoomFor(request, this.room, this.tokenizer)) > contextTokens;
  }

  /** The node's own call and, for answers that come out too long, the call that shortens them. */
  private answered(node: ChunkNode | MergeNode, request: CompletionRequest, dataTokens: number): NodeDemand {
    const { tooLong, isFull, ofRequest, ofAnswer } = this.assumption;
    const { budget, prior } = this.asked(node);
    const guidance = guidanceFor(this.plan.settings.contentPrompts, node.kind);
    const long = request.maxOutputTokens;
    const usual = isFull ? node.budgetTokens : budget.askedTokens;
    const shorten = shortenRequest({ text: "", tokens: 0 }, prior, budget, guidance);
    const own: Demand = {
      calls: 1,
      inputTokens: ofRequest(request) + dataTokens,
      outputTokens: usual * (1 - tooLong) + long * tooLong,
    };
    const again: Demand = {
      calls: 1,
      inputTokens: ofRequest(shorten) + ofAnswer(long, long),
      outputTokens: isFull ? shorten.maxOutputTokens : usual,
    };
    return {
      demand: add(own, again, tooLong),
      summaryTokens: usual,
      billedTokens: ofAnswer(usual, request.maxOutputTokens),
    };
  }
}

/** A request that no division makes short enough for the model's context. Thrown before it is sent. */
export function tooLittleContext(contextTokens: number | undefined, needed: number): InvalidOptionError {
  return new InvalidOptionError(
    "model.contextTokens",
    contextTokens,
    `at least ${needed}, which the smallest request takes that this content can be divided into, answer included; ` +
      "else a lower chunkOverlap, tokenMax or targetTokens, or a shorter priorSummary",
  );
}

/** The most bytes outside ASCII for each token in any chunk: summaries are written in the language of the text. */
function* densestBytesPerToken({ content, tree }: TreePlan): InParts<number> {
  let densest = 0;
  for (const node of tree.nodes) {
    if (node.kind === "merge") continue;
    const { start, end, tokens } = node.chunk;
    densest = Math.max(densest, nonAsciiBytesPerToken(content.slice(start, end), tokens));
    yield;
  }
  return densest;
}

/**
 * What a tree takes with a model that keeps its limits and counts as the run's tokenizer does, but for a share of answers
 * that have to be shortened.
 * @throws InvalidOptionError when a chunk cannot be divided small enough for the model's context.
 */
export function likelyDemand(
  plan: TreePlan,
  tokenizer: Tokenizer,
  room: ModelRoom,
  tooLong: number,
): InParts<Demand> {
  return new Estimator(plan, tokenizer, room, {
    tooLong,
    isFull: false,
    ofRequest: ({ system, prompt }) => tokenizer.count(system) + tokenizer.count(prompt),
    ofAnswer: (tokens) => tokens,
  }).estimate();
}

/**
 * The most that a tree can take, whoever counts, but for retries and for steps that are divided because the provider refuses
 * them: every answer too long, every summary full, every request divided that might have no room in the model's context, and
 * billed at the most that a budget sets aside for it.
 *
 * Requests that exist are bounded by their bytes. Summaries are not written yet: each is taken to have as many bytes for a
 * token as the densest chunk, and at least as many tokens as its output limit, which the provider counts by itself.
 * @throws InvalidOptionError when a chunk cannot be divided small enough for the model's context.
 */
export function* worstDemand(plan: TreePlan, tokenizer: Tokenizer, room: ModelRoom): InParts<Demand> {
  const bytesPerToken = yield* densestBytesPerToken(plan);
  return yield* new Estimator(plan, tokenizer, room, {
    tooLong: 1,
    isFull: true,
    ofRequest: (request) => mostInputTokens(request, tokenizer),
    ofAnswer: (tokens, limit) => Math.max(limit, mostInputTokensOf(tokens, bytesPerToken)),
  }).estimate();
}

/**
 * The most model calls that a run of the plan can make, but for retries and for steps that the provider refuses as too long.
 * @throws InvalidOptionError when a chunk cannot be divided small enough for the model's context.
 */
export function* mostCalls(plan: TreePlan, tokenizer: Tokenizer, room: ModelRoom): InParts<number> {
  if (room.contextTokens === undefined) return plan.maxCalls;
  const ofRequest = () => 0;
  const worst = { tooLong: 1, isFull: true, ofRequest, ofAnswer: ofRequest };
  const { calls } = yield* new Estimator(plan, tokenizer, room, worst).estimate();
  return calls;
}
