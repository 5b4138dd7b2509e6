import { describe, expect, it } from "vitest";
import { approximate, memoryMemo, summarize, type Memo } from "@gro/summarizer";
import { onePercentMore, paragraphEdits } from "../support/paragraph-edits.js";
import { prose } from "../support/prose.js";
import { readOnly } from "../support/read-only-memo.js";
import { sensitiveModel } from "../support/sensitive-model.js";

const tokenizer = approximate();
/** A quarter of the usual sizes, so that a short text has many chunks and the usual shape of a tree. */
const sizes = { chunkSize: 512, chunkOverlap: 50, tokenMax: 750 };
const text = prose(75_000);
const PLACES = 6;

async function summarizeWith(memo: Memo, content: string) {
  const model = sensitiveModel(tokenizer);
  const { summary } = await summarize(content, { model, tokenizer, memo, ...sizes });
  return { summary, sent: model.inputTokens };
}

describe("a text that was summarized before", async () => {
  const memo = memoryMemo();
  const first = await summarizeWith(memo, text);

  it("costs nothing when it is the same", async () => {
    expect(await summarizeWith(readOnly(memo), text)).toEqual({ summary: first.summary, sent: 0 });
  });

  it("costs what an edit of a paragraph is worth, merges included", async () => {
    const shares: number[] = [];
    for (const edit of paragraphEdits(text, PLACES)) {
      const { sent } = await summarizeWith(readOnly(memo), edit.text);
      expect(sent, edit.kind).toBeGreaterThan(0);
      shares.push(sent / first.sent);
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean, shares.join(" ")).toBeLessThanOrEqual(0.02);
    expect(Math.max(...shares), shares.join(" ")).toBeLessThanOrEqual(0.05);
  });

  it("costs little more than what was appended", async () => {
    const { sent } = await summarizeWith(readOnly(memo), text + onePercentMore(text));
    expect(sent / first.sent).toBeLessThanOrEqual(0.04);
  });

  it("has the summary that it would have from nothing", async () => {
    for (const edit of paragraphEdits(text, 1)) {
      const again = await summarizeWith(readOnly(memo), edit.text);
      const fromNothing = await summarizeWith(memoryMemo(), edit.text);
      expect(again.summary, edit.kind).toBe(fromNothing.summary);
      expect(again.summary, edit.kind).not.toBe(first.summary);
    }
  });
});

describe("the requests of a long text", () => {
  it("take at most 1.35 times its tokens, with instructions, overlap and all levels", async () => {
    const model = sensitiveModel(tokenizer);
    const { inputTokens } = await summarize(prose(75_000), { model, tokenizer });
    expect(model.inputTokens).toBeGreaterThan(inputTokens);
    expect(model.inputTokens / inputTokens).toBeLessThanOrEqual(1.35);
  });
});
