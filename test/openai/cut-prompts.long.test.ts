import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";
import * as corpus from "../support/corpus.js";
import { askUncut, requestsFor } from "./counting-model.js";

const ENCODINGS = ["o200k_base", "cl100k_base", "r50k_base"] as const;
/** What a chat template adds: every number moves other counts to round ones. */
const FRAMINGS = Array.from({ length: 30 }, (_, index) => 10 + index * 3);

describe.skipIf(corpus.isAbsent)(`a server that cuts nothing is never suspected${corpus.note}`, () => {
  it.each([
    { chunkSize: 1_000 },
    { chunkSize: 2_048 },
    { chunkSize: 4_000 },
    { chunkSize: 12_000, tokenMax: 12_000 },
  ])("over real texts in chunks of $chunkSize tokens, in 90 ways of counting", async (options) => {
    const texts = [
      ...corpus.qmsumMeetings().slice(0, 8),
      ...corpus.squalityStories().slice(0, 8),
      ...corpus.sumpubmedPapers().slice(0, 12),
      ...corpus.vcsumMeetings().slice(0, 20),
      { text: corpus.warAndPeace().slice(0, 600_000) },
    ];
    const [plan] = ENCODINGS;
    const tokenizers = ENCODINGS.map((encoding) => tiktoken(encoding));
    for (const tokenizer of tokenizers) await tokenizer.load();
    for (const { text } of texts) {
      const requests = await requestsFor(text, tiktoken(plan), options);
      for (const tokenizer of tokenizers) {
        await expect(askUncut(requests, tokenizer, FRAMINGS)).resolves.toBeUndefined();
      }
    }
  });
});
