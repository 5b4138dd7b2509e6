import { extractive } from "@gro/extractive";
import { summarize, tiktoken, type LanguageModel } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";

/**
 * Runs in a process of its own, because peak memory belongs to a process. `idle` only loads the encoder; `book`
 * summarizes the novel. Prints one JSON object.
 */
const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
tokenizer.count("Loaded.");

if (process.argv[2] === "book") {
  const offline = extractive();
  let modelMs = 0;
  // One call at a time, so that a call's time is its own.
  const model: LanguageModel = {
    id: offline.id,
    async generate(request) {
      const startedAt = performance.now();
      const completion = await offline.generate(request);
      modelMs += performance.now() - startedAt;
      return completion;
    },
  };
  const startedAt = performance.now();
  const result = await summarize(corpus.warAndPeace(), {
    model,
    targetTokens: 1000,
    tokenizer,
    maxConcurrency: 1,
  });
  const totalMs = performance.now() - startedAt;
  const { outputTokens, usage, collapseDepth } = result;
  console.log(
    JSON.stringify({ totalMs, modelMs, outputTokens, collapseDepth, calls: usage.calls, peakMb: peakMb() }),
  );
} else {
  console.log(JSON.stringify({ peakMb: peakMb() }));
}

function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}
