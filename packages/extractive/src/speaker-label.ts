/**
 * What stands before the words of a turn: "Project Manager: ", "[doctor] ", "发言人1：". Up to four words of which each
 * begins with a capital, a digit or a letter of a script without capitals, or a single word in small letters.
 */
const LABEL =
  /^(?:\[[^\]\n]{1,24}\]\s?:?|[\p{Lu}\p{Lo}\p{N}][^\s:：]{0,23}(?: [\p{Lu}\p{Lo}\p{N}(][^\s:：]{0,23}){0,3} ?[:：]|[\p{Ll}\p{N}_]{1,24} ?[:：])(?=\s|\p{Lo}|$)\s?/u;

/** The label that `sentence` begins with, white space included, or the empty string. */
export function speakerLabel(sentence: string): string {
  return LABEL.exec(sentence)?.[0] ?? "";
}
