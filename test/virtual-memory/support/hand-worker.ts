import type { DurableStore } from "@gro/queue";
import { summarize, type LanguageModel, type Tokenizer } from "@gro/summarizer";

/** A worker played by hand: claims what is queued, and writes summaries whenever the test says so, in any order. */
export function handWorker(
  { queue, pages }: DurableStore,
  model: LanguageModel,
  tokenizer: Tokenizer,
  random: () => number,
) {
  return {
    /** Summarizes some of what waits: the share `portion` of it, at random. Answers how many. */
    async work(portion: number): Promise<number> {
      const claims = await queue.claim({ limit: 10_000, leaseMs: 1_000 });
      const order = claims
        .map((claim) => ({ claim, rank: random() }))
        .sort((one, other) => one.rank - other.rank);
      const chosen = order.slice(0, Math.ceil(order.length * portion));
      for (const { claim } of chosen) {
        const found = await pages.read(claim.item.pageId);
        if (found === undefined) continue;
        const { model: _, ...request } = claim.item.request;
        const result = await summarize(found.page.content, { ...request, model, tokenizer });
        await pages.writeSummary(claim.item.pageId, found.contentHash, {
          text: result.summary ?? "",
          meta: {
            ...{ contentHash: found.contentHash, modelId: model.id, createdAt: result.createdAt },
            ...{ inputTokens: result.inputTokens, outputTokens: result.outputTokens },
            ...{ targetTokens: request.targetTokens ?? 0, compressionRatio: result.compressionRatio },
            ...{ collapseDepth: result.collapseDepth, fit: result.fit, warnings: [] },
          },
        });
        await queue.complete([claim]);
      }
      await queue.release(order.slice(chosen.length).map(({ claim }) => claim));
      return chosen.length;
    },
  };
}
