import { readPrompt, type CompletionRequest, type SectionName } from "@gro/summarizer";

/** What a request asks for: the texts to choose from, in order, and the most tokens the answer may take. */
export interface SourceTexts {
  readonly sources: readonly string[];
  /** In tokens, at least 1. */
  readonly limit: number;
}

/** The sections whose sentences may be chosen; `context` is only there to understand the text by. */
const CHOSEN_FROM: readonly SectionName[] = ["text", "summary", "draft"];

/** In the instruction of a step whose sentences shall not come from the earlier summary. */
const ONLY_BACKGROUND = /\bdo not repeat it\b/;

/** Takes a request apart. A prompt that is not in the core's frame is a text as a whole. */
export function readSources({ prompt, maxOutputTokens }: CompletionRequest): SourceTexts {
  const view = readPrompt(prompt);
  if (view === undefined) return { sources: [prompt], limit: maxOutputTokens };
  // An earlier summary stands before what it came before, so that what matters in it can survive.
  const isCarriedForward = !ONLY_BACKGROUND.test(view.instruction);
  const isChosenFrom = (name: SectionName) =>
    CHOSEN_FROM.includes(name) || (name === "earlier-summary" && isCarriedForward);
  const sources = view.sections.filter(({ name }) => isChosenFrom(name)).map(({ text }) => text);
  return { sources, limit: Math.min(view.limit.tokens, maxOutputTokens) };
}
