import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { getEncoding } from "js-tiktoken";
import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";
import { passPattern } from "./counting.js";
import { atMostTimes } from "./row-limit.js";
import type { Benchmark } from "./row.js";
import { sideBySide } from "./side-by-side.js";

const SIZES = { chunkSize: 2048, chunkOverlap: 200 } as const;

/** Chunking a whole novel, exact counts of all chunks included. */
export const chunking: Benchmark = {
  title: `War and Peace: chunks of ${SIZES.chunkSize} tokens with an overlap of ${SIZES.chunkOverlap}, ms`,
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const book = corpus.warAndPeace();
    const encoder = getEncoding("o200k_base");
    const tokenizer = tiktoken("o200k_base");
    await tokenizer.load();
    const langChain = (lengthFunction: (text: string) => number) =>
      new RecursiveCharacterTextSplitter({ ...SIZES, lengthFunction }).splitText(book);

    const { pattern, ours } = await sideBySide(7, {
      pattern: () => passPattern(book),
      ours: () => chunkText(book, { ...SIZES, tokenizer }),
    });
    const { withTiktoken, withGptTokenizer } = await sideBySide(2, {
      withTiktoken: () => langChain((text) => encoder.encode(text, [], []).length),
      withGptTokenizer: () => langChain((text) => countTokens(text)),
    });
    const floor = { name: "bare pass of the encoding's pattern", figure: pattern };
    return [
      {
        name: "beside LangChain with lengths by js-tiktoken",
        ours,
        peer: { name: "RecursiveCharacterTextSplitter", figure: withTiktoken },
        floor,
        limit: atMostTimes(ours, withTiktoken, 1 / 20),
      },
      {
        name: "beside LangChain with lengths by gpt-tokenizer",
        ours,
        peer: { name: "RecursiveCharacterTextSplitter", figure: withGptTokenizer },
        floor,
        limit: atMostTimes(ours, withGptTokenizer, 1 / 6),
      },
      { name: "beside the floor", ours, floor, limit: atMostTimes(ours, pattern, 4) },
    ];
  },
};
