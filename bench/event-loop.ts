import { approximate, summarize, tiktoken, type Tokenizer } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import * as corpus from "../test/support/corpus.js";
import { LONGEST_ALLOWED_MS, longestStretch } from "../test/support/longest-stretch.js";
import type { Benchmark, BenchRow } from "./row.js";

const BYTES = 10_000_000;

/** The novel over and over, as one flat string of ten megabytes. */
function tenMegabytes(): string {
  return Buffer.alloc(BYTES, corpus.warAndPeace()).toString("utf8");
}

async function stretchRow(name: string, text: string, tokenizer: Tokenizer): Promise<BenchRow> {
  let ours = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer };
    ours = Math.min(ours, await longestStretch(() => summarize(text, options)));
  }
  const holds = ours <= LONGEST_ALLOWED_MS;
  return { name, ours, limit: { text: `at most ${LONGEST_ALLOWED_MS} ms`, holds } };
}

/** For how long a server that summarizes answers nobody. */
export const eventLoop: Benchmark = {
  title: "10 MB of prose summarized: longest stretch without a turn of the event loop, ms",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const tokenizer = tiktoken("o200k_base");
    const loading = await longestStretch(() => tokenizer.load());
    const text = tenMegabytes();
    return [
      { name: "loading the tables of o200k_base, once in a process", ours: loading },
      await stretchRow("summarize, tiktoken", text, tokenizer),
      await stretchRow("summarize, approximate", text, approximate()),
    ];
  },
};
