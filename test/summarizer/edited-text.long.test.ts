import { describe, expect, it } from "vitest";
import { memoryMemo, summarize, tiktoken } from "@gro/summarizer";
import * as corpus from "../support/corpus.js";
import { onePercentMore, paragraphEdits } from "../support/paragraph-edits.js";
import { readOnly } from "../support/read-only-memo.js";
import { sensitiveModel } from "../support/sensitive-model.js";

const PLACES = 50;

describe.skipIf(corpus.isAbsent)(`a novel that was summarized before${corpus.note}`, () => {
  it("costs what an edit is worth, at any place, and has the summary that it would have from nothing", async () => {
    const tokenizer = tiktoken("o200k_base");
    const novel = corpus.warAndPeace();
    const memo = memoryMemo();
    const firstModel = sensitiveModel(tokenizer);
    const { inputTokens } = await summarize(novel, { model: firstModel, tokenizer, memo });
    expect(firstModel.inputTokens / inputTokens).toBeLessThanOrEqual(1.35);

    const shareOf = async (text: string) => {
      const model = sensitiveModel(tokenizer);
      const { summary } = await summarize(text, { model, tokenizer, memo: readOnly(memo) });
      return { summary, share: model.inputTokens / firstModel.inputTokens };
    };
    const shares: number[] = [];
    for (const edit of paragraphEdits(novel, PLACES)) {
      const { summary, share } = await shareOf(edit.text);
      shares.push(share);
      // From nothing takes three times as long; every tenth shows it.
      if (shares.length % 10 !== 1) continue;
      const fromNothing = await summarize(edit.text, { model: sensitiveModel(tokenizer), tokenizer });
      expect(summary, edit.kind).toBe(fromNothing.summary);
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean, shares.join(" ")).toBeLessThanOrEqual(0.02);
    expect(Math.max(...shares), shares.join(" ")).toBeLessThanOrEqual(0.05);
    expect((await shareOf(novel + onePercentMore(novel))).share).toBeLessThanOrEqual(0.04);
  });
});
