import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { getEncoding } from "js-tiktoken";
import o200k from "js-tiktoken/ranks/o200k_base";
import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";
import { bestOf } from "./best-of.js";
import type { Benchmark } from "./row.js";

/** Counting and chunking a whole novel. */
export const counting: Benchmark = {
  title: "War and Peace (773k tokens): counting and chunking, ms",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  run() {
    const book = corpus.warAndPeace();
    const pattern = new RegExp(o200k.pat_str, "gu");
    const floor = {
      name: "pass of the published pattern",
      figure: bestOf(3, () => {
        pattern.lastIndex = 0;
        while (pattern.exec(book) !== null);
      }),
    };
    const encoder = getEncoding("o200k_base");
    const tiktokenPeer = {
      name: "js-tiktoken encode",
      figure: bestOf(2, () => encoder.encode(book, [], [])),
    };
    const gptTokenizer = { name: "gpt-tokenizer count", figure: bestOf(3, () => countTokens(book)) };
    const tokenizer = tiktoken("o200k_base");
    const count = bestOf(3, () => tokenizer.count(book));
    const chunk = bestOf(3, () => chunkText(book, { tokenizer }));
    return Promise.resolve([
      { name: "count, beside js-tiktoken", ours: count, peer: tiktokenPeer, floor },
      { name: "count, beside gpt-tokenizer", ours: count, peer: gptTokenizer, floor },
      { name: "chunk 2048/200", ours: chunk, floor },
    ]);
  },
};
