/**
 * The frame of every prompt: one line of instruction with the length limit, then the data, each
 * piece inside delimiters that it cannot close. Writing and reading stand side by side here, so that
 * offline and scripted models understand exactly what is sent.
 *
 *     <instruction> Write at most 90 words (120 tokens).
 *
 *     <context-3f9a1c>
 *     …
 *     </context-3f9a1c>
 *
 *     <text-3f9a1c>
 *     …
 *     </text-3f9a1c>
 */

/** What a piece of data is to the model. */
export type SectionName = "earlier-summary" | "context" | "text" | "summary" | "draft";

/** A piece of data in a prompt. */
export interface Section {
  readonly name: SectionName;
  readonly text: string;
}

/** The length a model is asked for. Both say the same; models follow words better, code counts tokens. */
export interface LengthLimit {
  /** Words, or characters where the script has no spaces. At least 1. */
  readonly words: number;
  readonly unit: "words" | "characters";
  /** Tokens of the run's tokenizer. At least 1. */
  readonly tokens: number;
}

/** A prompt taken apart again. */
export interface PromptView {
  readonly instruction: string;
  readonly limit: LengthLimit;
  readonly sections: readonly Section[];
}

const ID_LENGTH = 6;
const IDS = 16 ** ID_LENGTH;

/** As much of each text as decides where the search for an id begins, in UTF-16 units. */
const FINGERPRINTED = 64;

/** FNV-1a over the texts' beginnings. Which number comes out does not matter, only that the same data gives the same one. */
function fingerprint(sections: readonly Section[]): number {
  let hash = 0x811c9dc5;
  for (const { text } of sections) {
    const end = Math.min(text.length, FINGERPRINTED);
    for (let index = 0; index < end; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * An id that stands nowhere in the data, so that no text can close or open a section. It depends on the
 * data alone: the same step has the same prompt in every process.
 */
function delimiterId(sections: readonly Section[]): string {
  const data = sections.map(({ text }) => text.toLowerCase());
  for (let number = fingerprint(sections); ; number += 1) {
    const id = (number % IDS).toString(16).padStart(ID_LENGTH, "0");
    if (!data.some((text) => text.includes(id))) return id;
  }
}

function limitSentence({ words, unit, tokens }: LengthLimit): string {
  const unitName = words === 1 ? unit.slice(0, -1) : unit;
  return `Write at most ${words} ${unitName} (${tokens} ${tokens === 1 ? "token" : "tokens"}).`;
}

/** Puts instruction, limit and data together as one prompt. */
export function writePrompt(instruction: string, limit: LengthLimit, sections: readonly Section[]): string {
  const id = delimiterId(sections);
  const data = sections.map(
    (section) => `<${section.name}-${id}>\n${section.text}\n</${section.name}-${id}>`,
  );
  return [`${instruction} ${limitSentence(limit)}`, ...data].join("\n\n");
}

const LIMIT = /^(.*) Write at most (\d+) (word|character)s? \((\d+) tokens?\)\.\n\n</su;
const OPENING = /<(earlier-summary|context|text|summary|draft)-([0-9a-f]{6})>\n/y;

/** Takes a prompt of `writePrompt` apart, or answers `undefined` for any other text. */
export function readPrompt(prompt: string): PromptView | undefined {
  const firstSection = prompt.search(/\n\n<(earlier-summary|context|text|summary|draft)-[0-9a-f]{6}>\n/);
  const head = LIMIT.exec(prompt.slice(0, firstSection + 3));
  if (firstSection < 0 || head === null) return undefined;
  const sections: Section[] = [];
  let position = firstSection + 2;
  while (position < prompt.length) {
    OPENING.lastIndex = position;
    const opening = OPENING.exec(prompt);
    if (opening === null) return undefined;
    const closing = `\n</${opening[1]}-${opening[2]}>`;
    const end = prompt.indexOf(closing, OPENING.lastIndex - 1);
    if (end < 0) return undefined;
    const name = opening[1] as SectionName;
    sections.push({ name, text: prompt.slice(OPENING.lastIndex, Math.max(end, OPENING.lastIndex)) });
    position = end + closing.length + 2;
  }
  return {
    instruction: head[1] ?? "",
    limit: {
      words: Number(head[2]),
      unit: head[3] === "character" ? "characters" : "words",
      tokens: Number(head[4]),
    },
    sections,
  };
}
