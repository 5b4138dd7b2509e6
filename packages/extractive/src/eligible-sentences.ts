import type { CandidateSentence } from "./candidate-sentences.js";
import { isConversation, type SelectionMethod } from "./text-kind.js";

/** What is left to choose from: sentences of at least this many times the limit. Else none are left out. */
const LEAST_CHOICE = 3;

/**
 * Content words of a sentence that can stand alone. What is spoken ("So what about the, uh, display?") means little
 * without its neighbours unless it is long; of what is written, only headings and exclamations are too short.
 */
const ENOUGH_SPOKEN = 8;
const ENOUGH_WRITTEN = 4;

/** In stories, what characters say of themselves and to each other: out of its place, nobody knows who "I" is. */
const PERSON = /\b(?:i|you|me|my|your|mine|yours|myself|yourself)\b/i;
const QUOTATION_MARK = /["“”„«»「」『』]/;

type Criterion = (sentence: CandidateSentence) => boolean;

function hasContent(least: number): Criterion {
  return ({ contentWords }) => contentWords >= least;
}

/** Narration, and direct speech that can be understood without the scene around it. */
function tellsStory(sentence: CandidateSentence): boolean {
  if (!QUOTATION_MARK.test(sentence.text)) return sentence.contentWords >= ENOUGH_WRITTEN;
  return sentence.contentWords >= ENOUGH_SPOKEN && !PERSON.test(sentence.text);
}

/** What a sentence must meet to be worth choosing; the first that leaves a choice holds. */
function criteriaFor(sentences: readonly CandidateSentence[], method: SelectionMethod): Criterion[] {
  if (isConversation(sentences)) return [hasContent(ENOUGH_SPOKEN), hasContent(ENOUGH_WRITTEN)];
  return method === "centroid" ? [tellsStory, hasContent(ENOUGH_WRITTEN)] : [hasContent(ENOUGH_WRITTEN)];
}

/**
 * For each sentence, whether it may be chosen under a limit of `limit` tokens. Repetitions never may. Every source keeps
 * some of its own sentences.
 */
export function eligibleSentences(
  sentences: readonly CandidateSentence[],
  limit: number,
  method: SelectionMethod,
): boolean[] {
  for (const isWorth of criteriaFor(sentences, method)) {
    const worth = sentences.filter((sentence) => !sentence.isRepetition && isWorth(sentence));
    const tokens = worth.reduce((sum, sentence) => sum + sentence.tokens, 0);
    if (tokens < limit * LEAST_CHOICE) continue;
    const covered = new Set(worth.map(({ source }) => source));
    return sentences.map(
      (sentence) => !sentence.isRepetition && (isWorth(sentence) || !covered.has(sentence.source)),
    );
  }
  return sentences.map(({ isRepetition }) => !isRepetition);
}
