import type { CandidateSentence } from "./candidate-sentences.js";

const ENDS_SENTENCE = /[\p{Sentence_Terminal}…:]["'”’»›)\]}」』）】〉》*_]*$/u;
const UNSPACED_END = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。！？｡．…，、」』）】〉》]$/u;
const UNSPACED_START = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}「『（【〈《“]/u;

/** What stands between two chosen sentences. */
function separator(before: CandidateSentence, next: CandidateSentence, isNewParagraph: boolean): string {
  if (next.speaker !== "") return "\n";
  // Without a mark at its end, only a blank line shows where a heading or list item is over.
  if (isNewParagraph) return ENDS_SENTENCE.test(before.text) ? "\n" : "\n\n";
  return UNSPACED_END.test(before.text) && UNSPACED_START.test(next.text) ? "" : " ";
}

/**
 * The chosen sentences as one text: in their order, paragraphs and turns on lines of their own.
 *
 * @param chosen Indexes into `sentences`, ascending.
 */
export function renderSentences(sentences: readonly CandidateSentence[], chosen: readonly number[]): string {
  const parts: string[] = [];
  let before: { readonly sentence: CandidateSentence; readonly index: number } | undefined;
  for (const index of chosen) {
    const sentence = sentences[index];
    if (sentence === undefined) continue;
    if (before !== undefined) {
      const between = sentences.slice(before.index + 1, index + 1);
      const isNewParagraph = between.some(({ beginsParagraph }) => beginsParagraph);
      parts.push(separator(before.sentence, sentence, isNewParagraph));
    }
    parts.push(sentence.text);
    before = { sentence, index };
  }
  return parts.join("");
}
