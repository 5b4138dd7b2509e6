import type { Tokenizer } from "@gro/summarizer";
import { cutIntoPieces } from "./sentence-pieces.js";
import { speakerLabel } from "./speaker-label.js";
import { isStopWord, wordsOf } from "./terms.js";

/** A sentence that may be chosen. */
export interface CandidateSentence {
  readonly text: string;
  /** What it takes of the limit, in tokens, with the space before it. */
  readonly tokens: number;
  /** Which of the sources it comes from, from 0. */
  readonly source: number;
  readonly beginsParagraph: boolean;
  /** The speaker whose turn it begins, or the empty string. */
  readonly speaker: string;
  /** Whether the very same sentence has come before, in this or an earlier source. */
  readonly isRepetition: boolean;
  /** Its words without the speaker, in lower case. */
  readonly words: readonly string[];
  /** How many of the words are not stop words. */
  readonly contentWords: number;
}

/** All sentences of all sources, in order. What has no visible character is left out. */
export function candidateSentences(sources: readonly string[], tokenizer: Tokenizer): CandidateSentence[] {
  const seen = new Set<string>();
  return sources.flatMap((text, source) =>
    cutIntoPieces(text).map((piece) => {
      const isRepetition = seen.has(piece.text);
      seen.add(piece.text);
      const label = piece.beginsLine ? speakerLabel(piece.text) : "";
      const words = wordsOf(piece.text.slice(label.length));
      return {
        text: piece.text,
        tokens: tokenizer.count(` ${piece.text}`),
        source,
        beginsParagraph: piece.beginsParagraph,
        speaker: label.trim(),
        isRepetition,
        words,
        contentWords: words.filter((word) => !isStopWord(word)).length,
      };
    }),
  );
}
