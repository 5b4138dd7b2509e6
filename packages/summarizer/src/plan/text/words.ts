/** Scripts that are written without spaces: there, readers count characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const SPACED_WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu;

function countMatches(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.exec(text) !== null) count += 1;
  return count;
}

/** Words of `text` as a person would count them; in scripts without spaces every character is one. */
export function countWords(text: string): number {
  const characters = countMatches(text, UNSPACED);
  if (characters === 0) return countMatches(text, SPACED_WORD);
  return characters + countMatches(text.replace(UNSPACED, " "), SPACED_WORD);
}

/** Whether most of what `countWords` counts in `text` are characters of a script without spaces. */
export function isMostlyUnspaced(text: string): boolean {
  const characters = countMatches(text, UNSPACED);
  return characters > 0 && characters * 2 > countWords(text);
}
