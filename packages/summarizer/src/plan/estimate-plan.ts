import { askedOf, SEPARATOR } from "./machine.js";
import type { CompletionRequest } from "./completion.js";
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
  readonly summaryTokens: number;
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
}

class Estimator {
  constructor(
    private readonly plan: TreePlan,
    private readonly tokenizer: Tokenizer,
    private readonly assumption: Assumption,
  ) {}

  estimate(): Demand {
    const done: NodeDemand[] = [];
    let total = NO_DEMAND;
    for (const node of this.plan.tree.nodes) {
      const result = node.kind === "chunk" ? this.chunk(node) : this.merge(node, done);
      done.push(result);
      total = add(total, result.demand);
    }
    return total;
  }

  private chunk(node: ChunkNode): NodeDemand {
    const { content } = this.plan;
    const { start, end, tokens, contextStart } = node.chunk;
    const text = content.slice(start, end);
    if (text.trim() === "") return { demand: NO_DEMAND, summaryTokens: 0 };
    const asked = askedOf(this.plan, node);
    if (tokens <= node.budgetTokens && asked.prior?.isCarriedForward !== true) {
      return { demand: NO_DEMAND, summaryTokens: tokens };
    }
    const context = content.slice(contextStart, start);
    const { contentPrompts } = this.plan.settings;
    return this.answered(
      node,
      mapRequest({ text, tokens }, context, asked.prior, asked.budget, contentPrompts),
      0,
    );
  }

  private merge(node: MergeNode, done: readonly NodeDemand[]): NodeDemand {
    const tokens = node.children.map((child) => done[child]?.summaryTokens ?? 0).filter((count) => count > 0);
    const separators = Math.max(0, tokens.length - 1) * this.tokenizer.count(SEPARATOR);
    const joined = tokens.reduce((sum, count) => sum + count, 0) + separators;
    const asked = askedOf(this.plan, node);
    const fits = joined <= node.budgetTokens && asked.prior?.isCarriedForward !== true;
    // In the worst case no summary is short enough to spare a merge, though its budget would allow it.
    if (joined === 0 || (fits && !this.assumption.isFull))
      return { demand: NO_DEMAND, summaryTokens: joined };
    const blank = node.children.map(() => ({ text: "", tokens: 0 }));
    const { contentPrompts } = this.plan.settings;
    return this.answered(node, mergeRequest(blank, asked.prior, asked.budget, contentPrompts), joined);
  }

  /** The node's own call and, for answers that come out too long, the call that shortens them. */
  private answered(node: ChunkNode | MergeNode, request: CompletionRequest, dataTokens: number): NodeDemand {
    const { tooLong, isFull } = this.assumption;
    const { budget, prior } = askedOf(this.plan, node);
    const guidance = guidanceFor(this.plan.settings.contentPrompts, node.kind);
    const long = request.maxOutputTokens;
    const usual = isFull ? node.budgetTokens : budget.askedTokens;
    const shorten = shortenRequest({ text: "", tokens: 0 }, prior, budget, guidance);
    const own: Demand = {
      calls: 1,
      inputTokens: this.count(request) + dataTokens,
      outputTokens: usual * (1 - tooLong) + long * tooLong,
    };
    const again: Demand = {
      calls: 1,
      inputTokens: this.count(shorten) + long,
      outputTokens: isFull ? shorten.maxOutputTokens : usual,
    };
    return { demand: add(own, again, tooLong), summaryTokens: usual };
  }

  private count({ system, prompt }: CompletionRequest): number {
    return this.tokenizer.count(system) + this.tokenizer.count(prompt);
  }
}

/** What a tree takes with a model that keeps its limits, but for a share of answers that have to be shortened. */
export function likelyDemand(plan: TreePlan, tokenizer: Tokenizer, tooLong: number): Demand {
  return new Estimator(plan, tokenizer, { tooLong, isFull: false }).estimate();
}

/** The most that a tree can take, retries aside: every answer too long, every summary full. */
export function worstDemand(plan: TreePlan, tokenizer: Tokenizer): Demand {
  return new Estimator(plan, tokenizer, { tooLong: 1, isFull: true }).estimate();
}
