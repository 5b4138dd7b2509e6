import type { Completion, Tokenizer } from "@gro/summarizer";
import { inOneGo, resolvePlanOptions, type TreePlan } from "@gro/summarizer/executor";
import { startMachine } from "../packages/summarizer/src/plan/machine.js";
import { layTree } from "../packages/summarizer/src/plan/tree/lay-tree.js";
import { sensitiveModel } from "../test/support/sensitive-model.js";
import { greedyChunks } from "./greedy-chunks.js";

/** Summaries at default settings, but for the chunks: the same tree and the same requests over those of a greedy splitter. */
export class GreedySummaries {
  private readonly known = new Map<string, Completion>();

  /** @param pieces one of `GREEDY_PIECES` */
  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly pieces: RegExp,
  ) {}

  /** Summarizes and remembers all answers. Answers with the tokens that were sent. */
  first(text: string): number {
    return this.send(text, true);
  }

  /** Tokens that are sent for a text when the first one's answers are known. Remembers nothing. */
  again(text: string): number {
    return this.send(text, false);
  }

  private send(content: string, isKept: boolean): number {
    const { tokenizer, pieces } = this;
    const model = sensitiveModel(tokenizer);
    const settings = resolvePlanOptions({ tokenizer }, model.id).plan;
    const { chunkSize, chunkOverlap, tokenMax } = settings;
    const chunks = greedyChunks(content, { chunkSize, chunkOverlap, pieces, tokenizer });
    const tree = inOneGo(layTree(content, chunks, { ...settings, targetTokens: tokenMax }));
    const plan: TreePlan = {
      kind: "tree",
      content,
      inputTokens: chunks.reduce((sum, { tokens }) => sum + tokens, 0),
      targetTokens: tokenMax,
      settings,
      tree,
      priorSummary: null,
      maxCalls: 2 * tree.nodes.length,
      warnings: [],
    };
    const machine = inOneGo(startMachine(plan, tokenizer));
    for (let steps = machine.takeReady(); steps.length > 0; steps = machine.takeReady()) {
      for (const { key, request } of steps) {
        const completion = this.known.get(key) ?? model.answerNow(request);
        if (isKept) this.known.set(key, completion);
        machine.accept(key, completion);
      }
    }
    return model.inputTokens;
  }
}
