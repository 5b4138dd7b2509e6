import type { CandidateSentence } from "./candidate-sentences.js";
import { directionalCentrality } from "./centrality.js";
import { centroidPicker } from "./centroid.js";
import { coveragePicker } from "./coverage.js";
import { eligibleSentences } from "./eligible-sentences.js";
import type { SentencePicker } from "./sentence-picker.js";
import { termSpace } from "./term-vectors.js";
import { methodFor, type SelectionMethod } from "./text-kind.js";

function pickerFor(sentences: readonly CandidateSentence[], method: SelectionMethod): SentencePicker {
  const space = termSpace(sentences);
  if (method === "centroid") return centroidPicker(space);
  const sources = sentences.map(({ source }) => source);
  const tokens = sentences.map((sentence) => sentence.tokens);
  return coveragePicker(space, directionalCentrality(space, sources), tokens);
}

/** Chooses among the sentences of one text, the worthiest first. */
export class Selection {
  readonly #sentences: readonly CandidateSentence[];
  readonly #picker: SentencePicker;
  readonly #isOpen: boolean[];
  #isEmpty = true;

  /** @param limit What the summary may take in all, in tokens: the more room, the shorter the sentences that are eligible. */
  constructor(sentences: readonly CandidateSentence[], limit: number, method: SelectionMethod | "auto") {
    this.#sentences = sentences;
    const resolved = method === "auto" ? methodFor(sentences) : method;
    this.#picker = pickerFor(sentences, resolved);
    this.#isOpen = eligibleSentences(sentences, limit, resolved);
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** The worthiest sentence from `start` up to `end` that takes at most `room` tokens, and its worth. */
  best(
    room: number,
    start = 0,
    end = this.#sentences.length,
  ): { readonly index: number; readonly worth: number } | undefined {
    let best: { index: number; worth: number } | undefined;
    for (let index = start; index < end; index += 1) {
      if (this.#isOpen[index] !== true || (this.#sentences[index]?.tokens ?? 0) > room) continue;
      const worth = this.#picker.worth(index);
      if (best === undefined || worth > best.worth) best = { index, worth };
    }
    return best;
  }

  /** The least that a sentence from `start` up to `end` takes, or infinity where none may be chosen. */
  leastTokens(start: number, end: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let index = start; index < end; index += 1) {
      if (this.#isOpen[index] === true) least = Math.min(least, this.#sentences[index]?.tokens ?? least);
    }
    return least;
  }

  /** Takes a sentence; answers how much of the room it takes, in tokens. */
  take(index: number): number {
    this.#isEmpty = false;
    this.#isOpen[index] = false;
    this.#picker.pick(index);
    return this.#sentences[index]?.tokens ?? 0;
  }

  /**
   * Fills `room` tokens: the worthiest sentence that fits, again and again. What adds nothing is left out, but for
   * one sentence of a text in which nothing does.
   */
  fill(room: number): number[] {
    const taken: number[] = [];
    for (let left = room; ;) {
      const best = this.best(left);
      if (best === undefined || (best.worth <= 0 && !this.isEmpty)) return taken;
      taken.push(best.index);
      left -= this.take(best.index);
    }
  }
}
