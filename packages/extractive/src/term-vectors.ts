import type { CandidateSentence } from "./candidate-sentences.js";
import { isStopWord } from "./terms.js";

/** The terms of a sentence: single words and pairs of neighbouring words, without repetition. */
export interface TermVector {
  /** Numbers of the terms, from 0. */
  readonly terms: readonly number[];
  /** tf-idf of each term of `terms`, scaled so that the vector has length 1. */
  readonly weights: readonly number[];
}

/** The sentences of a text as vectors over the terms of that text. */
export interface TermSpace {
  readonly vectors: readonly TermVector[];
  /** For each term, in how many sentences it stands. */
  readonly sentenceCounts: readonly number[];
  /** For each term, whether it is a pair of words. */
  readonly isPair: readonly boolean[];
}

/** A pair says more than a word, but a sentence has as many pairs as words: half weight keeps words in the lead. */
const PAIR_WEIGHT = 0.5;

/** Larger than any number of distinct words that a text held in memory has. */
const PAIR_BASE = 2 ** 26;

/** Gives terms their numbers, in the order in which they are first seen. */
class Vocabulary {
  readonly isPair: boolean[] = [];
  readonly sentenceCounts: number[] = [];
  readonly #words = new Map<string, number>();
  readonly #pairs = new Map<number, number>();

  #add(isPair: boolean): number {
    this.isPair.push(isPair);
    this.sentenceCounts.push(0);
    return this.isPair.length - 1;
  }

  word(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const term = this.#add(false);
    this.#words.set(word, term);
    return term;
  }

  pair(first: number, second: number): number {
    const key = first * PAIR_BASE + second;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const term = this.#add(true);
    this.#pairs.set(key, term);
    return term;
  }
}

/** How often each term stands in a sentence. Stop words count only beside a word that is none. */
function termFrequencies(words: readonly string[], vocabulary: Vocabulary): Map<number, number> {
  const frequencies = new Map<number, number>();
  const see = (term: number) => frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  let before: number | undefined;
  let isStopBefore = true;
  for (const word of words) {
    const term = vocabulary.word(word);
    const isStop = isStopWord(word);
    if (!isStop) see(term);
    if (before !== undefined && !(isStop && isStopBefore)) see(vocabulary.pair(before, term));
    before = term;
    isStopBefore = isStop;
  }
  return frequencies;
}

/** Builds the vectors. Takes time in proportion to the number of words. */
export function termSpace(sentences: readonly CandidateSentence[]): TermSpace {
  const vocabulary = new Vocabulary();
  const { isPair, sentenceCounts } = vocabulary;
  const frequencies = sentences.map(({ words }) => termFrequencies(words, vocabulary));
  for (const terms of frequencies) {
    for (const term of terms.keys()) sentenceCounts[term] = (sentenceCounts[term] ?? 0) + 1;
  }
  const vectors = frequencies.map((counts) => {
    const terms = [...counts.keys()];
    const raw = terms.map((term) => {
      const rarity = Math.log(1 + sentences.length / (sentenceCounts[term] ?? 1));
      return (1 + Math.log(counts.get(term) ?? 1)) * rarity * (isPair[term] === true ? PAIR_WEIGHT : 1);
    });
    const length = Math.sqrt(raw.reduce((sum, weight) => sum + weight * weight, 0));
    return { terms, weights: length === 0 ? raw : raw.map((weight) => weight / length) };
  });
  return { vectors, sentenceCounts, isPair };
}
