import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { CompletionRequest } from "../plan/completion.js";
import { readPrompt } from "../plan/prompts/frame.js";

/** What a model may be like, as real ones are on their worse and better days. */
export const BEHAVIOURS = [
  "obedient", // as many words as it is asked for, taken from all of the source
  "verbose", // two and a half times what it is asked for
  "terse", // a tenth of it
  "empty", // nothing
  "echo", // the source itself
  "expanding", // the source twice over
  "refusing", // declines
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** @throws InvalidOptionError that names the behaviours there are. */
export function checkBehaviour(behaviour: Behaviour): Behaviour {
  if (BEHAVIOURS.includes(behaviour)) return behaviour;
  throw new InvalidOptionError("behaviour", behaviour, `one of ${BEHAVIOURS.join(", ")}`);
}

const WORDS = /\S+/gu;
const UNSPACED_WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;

/** The texts that a request wants summarized, and how many words it asks for. */
function readRequest(request: CompletionRequest) {
  const view = readPrompt(request.prompt);
  if (view === undefined)
    return { sources: [request.prompt], words: request.maxOutputTokens, isUnspaced: false };
  const sources = view.sections
    .filter(({ name }) => name === "text" || name === "summary" || name === "draft")
    .map(({ text }) => text);
  return { sources, words: view.limit.words, isUnspaced: view.limit.unit === "characters" };
}

/** About `count` words in sentences, from every source in proportion to its length; sources repeat when they run out. */
function wordsFrom(sources: readonly string[], count: number, isUnspaced: boolean): string {
  const perSource = sources.map((source) => source.match(isUnspaced ? UNSPACED_WORD : WORDS) ?? []);
  const available = perSource.reduce((sum, words) => sum + words.length, 0);
  if (available === 0) return "";
  const taken: string[] = [];
  for (const words of perSource) {
    const share = Math.round((count * words.length) / available);
    for (let index = 0; index < share; index += 1) taken.push(words[index % words.length] ?? "");
  }
  if (taken.length === 0) taken.push(perSource.flat()[0] ?? "");
  const text = taken.slice(0, Math.max(1, count)).join(isUnspaced ? "" : " ");
  return `${text.replace(/[\s,;:—-]+$/u, "")}${isUnspaced ? "。" : /[.!?]$/u.test(text) ? "" : "."}`;
}

/** What a model of this behaviour answers. Deterministic: the same request has the same answer. */
export function answerAs(behaviour: Behaviour, request: CompletionRequest): string {
  const { sources, words, isUnspaced } = readRequest(request);
  switch (behaviour) {
    case "obedient":
      return wordsFrom(sources, words, isUnspaced);
    case "verbose":
      return wordsFrom(sources, Math.ceil(words * 2.5), isUnspaced);
    case "terse":
      return wordsFrom(sources, Math.max(1, Math.floor(words / 10)), isUnspaced);
    case "echo":
      return sources.join("\n\n");
    case "expanding":
      return [...sources, ...sources].join("\n\n");
    case "empty":
    case "refusing":
      return "";
  }
}
