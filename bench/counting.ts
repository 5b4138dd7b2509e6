import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { getEncoding } from "js-tiktoken";
import o200k from "js-tiktoken/ranks/o200k_base";
import { tiktoken } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";
import { atMostTimes } from "./row-limit.js";
import type { Benchmark } from "./row.js";
import { sideBySide, timeOf } from "./side-by-side.js";

/** The floor: splitting into pieces is what every tokenizer of this kind begins with. `test` makes no object of a match, as `exec` does. */
export function passPattern(text: string): number {
  const pattern = new RegExp(o200k.pat_str, "gu");
  let pieces = 0;
  while (pattern.test(text)) pieces += 1;
  return pieces;
}

/** Counting a whole novel. */
export const counting: Benchmark = {
  title: "War and Peace (773k tokens): counting, ms",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const book = corpus.warAndPeace();
    const encoder = getEncoding("o200k_base");
    const exact = (text: string) => encoder.encode(text, [], []).length;
    const tokenizer = tiktoken("o200k_base");
    await tokenizer.load();
    const works = {
      pattern: () => passPattern(book),
      ours: () => tokenizer.count(book),
      gptTokenizer: () => countTokens(book),
    };
    const first = {
      pattern: await timeOf(works.pattern),
      ours: await timeOf(works.ours),
      gptTokenizer: await timeOf(works.gptTokenizer),
    };
    const { pattern, ours, gptTokenizer } = await sideBySide(7, works);
    const { jsTiktoken } = await sideBySide(3, { jsTiktoken: () => exact(book) });
    const texts = corpus.allCorpusTexts();
    const otherwise = texts.filter(({ text }) => tokenizer.count(text) !== exact(text)).length;

    const floor = { name: "bare pass of the encoding's pattern", figure: pattern };
    return [
      {
        name: "beside js-tiktoken",
        ours,
        peer: { name: "js-tiktoken, encode", figure: jsTiktoken },
        floor,
        limit: atMostTimes(ours, jsTiktoken, 0.15),
      },
      {
        name: "beside gpt-tokenizer",
        ours,
        peer: { name: "gpt-tokenizer, countTokens", figure: gptTokenizer },
        floor,
        limit: atMostTimes(ours, gptTokenizer, 1),
      },
      { name: "beside the floor", ours, floor, limit: atMostTimes(ours, pattern, 1.7) },
      {
        name: "the first time, every piece new",
        ours: first.ours,
        peer: { name: "gpt-tokenizer, countTokens", figure: first.gptTokenizer },
        floor: { name: floor.name, figure: first.pattern },
      },
      {
        name: "texts of the corpus counted otherwise than js-tiktoken does",
        ours: otherwise,
        limit: { text: `none of ${texts.length}`, holds: otherwise === 0 },
      },
    ];
  },
};
