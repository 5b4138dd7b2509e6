import { extractive, type ExtractiveOptions } from "@gro/extractive";
import { approximate, type Completion } from "@gro/summarizer";
import { writePrompt, type Section } from "../../packages/summarizer/src/plan/prompts/frame.js";

export interface Question {
  readonly sections: readonly Section[];
  /** In tokens. */
  readonly limit: number;
  readonly instruction?: string;
  readonly maxOutputTokens?: number;
}

/** Counts words between white space: numbers that a test can foresee. */
export const wordCounter = {
  id: "words",
  count: (text: string) => text.split(/\s+/u).filter((word) => word !== "").length,
};

/** Asks the model as the core would. Counts approximately unless told otherwise: no tables need to be loaded. */
export async function ask(question: Question, options: ExtractiveOptions = {}): Promise<Completion> {
  const { sections, limit, instruction = "Summarize.", maxOutputTokens = limit + 1_000 } = question;
  const model = extractive({ tokenizer: approximate(), ...options });
  const prompt = writePrompt(instruction, { words: limit, unit: "words", tokens: limit }, sections);
  return model.generate({ system: "You summarize texts.", prompt, maxOutputTokens });
}

/** Asks for a summary of one text; answers its text. */
export async function summaryOf(
  text: string,
  limit: number,
  options: ExtractiveOptions = {},
): Promise<string> {
  return (await ask({ sections: [{ name: "text", text }], limit }, options)).text;
}
