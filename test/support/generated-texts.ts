import fc from "fast-check";
import { paragraphsByLanguage } from "./paragraphs-by-language.js";

/** Texts as users have them and as they break programs: for property tests. */

const sentencesOfAllLanguages = Object.values(paragraphsByLanguage).flatMap(
  (paragraph) => paragraph.match(/[^.。।։]+[.。।։]/gu) ?? [paragraph],
);

const emoji = ["😀", "👍🏽", "❤️", "1️⃣", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇯🇵", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏿‍🚀"];
const characters = [
  "é",
  "e\u0301",
  "ห้",
  "क्षि",
  "\u1100\u1161\u11a8",
  "の",
  "،",
  "\u0301",
  "\u200d",
  "\ufeff",
  "\u00a0",
  "\u2028",
];
const halfPairs = ["\ud83d", "\ude00", "\udbff\udbff"];
const specialTokens = ["<|endoftext|>", "<|fim_prefix|>", "<|im_start|>"];

const sentence = fc.constantFrom(...sentencesOfAllLanguages).map((text) => text.trim());
const prose = fc.array(sentence, { minLength: 1, maxLength: 8 }).map((sentences) => sentences.join(" "));
const unspacedProse = fc
  .array(sentence, { minLength: 1, maxLength: 8 })
  .map((sentences) => sentences.join(""));
const emojiRun = fc
  .array(fc.constantFrom(...emoji), { minLength: 1, maxLength: 40 })
  .map((parts) => parts.join(""));
const oddRun = fc
  .array(fc.constantFrom(...emoji, ...characters, ...halfPairs, ...specialTokens, " ", "\n", "a", "中"), {
    minLength: 1,
    maxLength: 40,
  })
  .map((parts) => parts.join(""));
const repeated = fc
  .tuple(fc.constantFrom("a", " ", "\n", "-", "中", "ab", "😀", "e\u0301\u0302", "\t", ". "), fc.nat(400))
  .map(([part, times]) => part.repeat(times));
const heading = fc
  .tuple(fc.integer({ min: 1, max: 6 }), sentence)
  .map(([level, title]) => `${"#".repeat(level)} ${Array.from(title).slice(0, 30).join("")}`);
const list = fc.array(sentence, { minLength: 1, maxLength: 5 }).map((items) => `- ${items.join("\n- ")}`);
const code = fc
  .array(fc.constantFrom("if (a < b) {", "  return a;", "}", "", "# comment", "x = 'é'"), { maxLength: 12 })
  .map((lines) => `\`\`\`\n${lines.join("\n")}\n\`\`\``);
const transcript = fc
  .array(fc.tuple(fc.constantFrom("Anna", "Project Manager", "[doctor]", "发言人1"), sentence), {
    minLength: 1,
    maxLength: 8,
  })
  .map((turns) => turns.map(([speaker, words]) => `${speaker}: ${words}`).join("\n"));
const anyGraphemes = fc.string({ unit: "grapheme", maxLength: 60 });
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

const block = fc.oneof(
  { weight: 4, arbitrary: prose },
  unspacedProse,
  emojiRun,
  oddRun,
  repeated,
  heading,
  list,
  code,
  transcript,
  anyGraphemes,
  anyUnits,
);

function blocks(maxLength: number): fc.Arbitrary<string> {
  const separator = fc.constantFrom("\n\n", "\n", " ", "", "\n \n\n");
  const parts = fc.array(fc.tuple(block, separator), { maxLength }).map((pairs) => pairs.flat().join(""));
  return fc
    .tuple(parts, fc.boolean())
    .map(([text, isWindows]) => (isWindows ? text.replace(/\n/g, "\r\n") : text));
}

/** Documents of up to about 10,000 characters: mixed scripts, emoji, Markdown, transcripts, noise, either line end. */
export const anyText = blocks(16);

/** A few lines of the same kind. */
export const anyShortText = blocks(3);

/** Short strings in many scripts, sound and unsound. */
export const anyString = fc.oneof(sentence, oddRun, emojiRun, anyGraphemes, anyUnits);
