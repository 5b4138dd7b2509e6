const SUBJECTS = [
  "The ferry",
  "Old Marta",
  "A clerk",
  "The council",
  "My brother",
  "The north wind",
  "Dr. Ellis",
];
const VERBS = ["carried", "counted", "forgot", "repaired", "described", "sold", "found"];
const OBJECTS = [
  "seven crates of lamps",
  "the harbour's ledger",
  "a letter from 1911",
  "twelve grey geese",
  "the map",
];
const ENDINGS = [
  "before dawn",
  "without a word",
  "at the price of 40 crowns",
  "while it rained",
  "near the weir",
];

/** A stream of numbers from a seed, the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Paragraphs of plain sentences, about `words` words in all; the same seed gives the same text. */
export function prose(words: number, seed = 1): string {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? "";
  const paragraphs: string[] = [];
  for (let written = 0; written < words;) {
    const sentences: string[] = [];
    for (let left = 3 + Math.floor(random() * 5); left > 0; left -= 1) {
      const number = Math.floor(random() * 10_000);
      const sentence = `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)} ${pick(ENDINGS)}, as entry ${number} says.`;
      sentences.push(sentence);
      written += sentence.split(" ").length;
    }
    paragraphs.push(sentences.join(" "));
  }
  return paragraphs.join("\n\n");
}
