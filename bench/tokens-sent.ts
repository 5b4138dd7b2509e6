import { chunkText, summarize, summaryEvents, tiktoken } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";
import { sensitiveModel } from "../test/support/sensitive-model.js";
import { GREEDY_PIECES } from "./greedy-chunks.js";
import { GreedySummaries } from "./greedy-summaries.js";
import type { Benchmark } from "./row.js";

/** What a summary of a long text takes beyond the text itself. */
export const tokensSent: Benchmark = {
  title: "War and Peace at default settings: tokens sent, as a share of the book's",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const book = corpus.warAndPeace();
    const tokenizer = tiktoken("o200k_base");
    const model = sensitiveModel(tokenizer);
    const sentByLevel: number[] = [];
    const events = summaryEvents();
    events.on("stepDone", ({ step, usage }) => {
      sentByLevel[step.level] = (sentByLevel[step.level] ?? 0) + usage.inputTokens;
    });
    const { inputTokens } = await summarize(book, { model, tokenizer, events });
    const [forChunks = 0, ...forMerges] = sentByLevel;
    const overlap = chunkText(book, { tokenizer }).reduce(
      (sum, { contextStart, start }) => sum + tokenizer.count(book.slice(contextStart, start)),
      0,
    );
    const share = (tokens: number) => tokens / inputTokens;
    const ours = share(model.inputTokens);
    return [
      {
        name: "sent, all levels, instructions and overlap included",
        ours,
        peer: {
          name: "the same over a greedy splitter's chunks",
          figure: share(new GreedySummaries(tokenizer, GREEDY_PIECES.paragraphs).first(book)),
        },
        floor: { name: "the text, once", figure: 1 },
        limit: { text: "at most 1.35", holds: ours <= 1.35 },
      },
      { name: "of that, overlap", ours: share(overlap) },
      {
        name: "of that, instructions and tags of the chunks",
        ours: share(forChunks - inputTokens - overlap),
      },
      { name: "of that, merges", ours: share(forMerges.reduce((sum, tokens) => sum + tokens, 0)) },
      { name: "received", ours: share(model.outputTokens) },
    ];
  },
};
