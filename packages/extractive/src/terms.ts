/** Scripts that are written without spaces between words: there, pairs of characters stand in for words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const TOKEN = new RegExp(
  `(?<run>(?:${UNSPACED.source}\\p{M}*)+)|[\\p{L}\\p{N}](?:(?!${UNSPACED.source})[\\p{L}\\p{N}\\p{M}])*`,
  "gu",
);

/** Longer words are data (Base64, one letter repeated); their beginning tells them apart. In UTF-16 units. */
const LONGEST_WORD = 64;

/**
 * English words that say nothing about a text, fillers of speech included. Other languages go without such a list:
 * how many sentences hold a word weighs it down, only less sharply.
 */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an the and or but if then else of in on at by for with from to into onto as is are was were be been being am " +
    "do does did done has have had having i you he she it we they me him her us them my your his its our their this " +
    "that these those there here who whom which what when where why how not no nor so than too very can could will " +
    "would shall should may might must just about up down out over under again further all any both each few more " +
    "most other some such only own same s t d m ll re ve don didn doesn isn wasn aren weren won wouldn couldn " +
    "shouldn hasn haven hadn yeah okay ok uh um oh mm hmm well like know mean think right yes get got go going gonna"
  ).split(" "),
);

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** Marks in transcripts and papers, which are not words of the text: `{vocalsound}`, `<cit>`. */
const MARKUP = /\{\/?\w{1,24}\}|<\/?\w{1,24}>/g;

/** The pairs of neighbouring characters; the character itself where it stands alone. */
function characterPairs(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index] ?? ""}${character}`);
}

/** The words of `text` in lower case, in order; pairs of neighbouring characters where words are not spaced. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const match of text.replace(MARKUP, " ").toLowerCase().matchAll(TOKEN)) {
    const run = match.groups?.["run"];
    if (run === undefined) words.push(match[0].slice(0, LONGEST_WORD));
    else for (const pair of characterPairs(run)) words.push(pair);
  }
  return words;
}
