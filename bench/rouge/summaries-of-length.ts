import type { LanguageModel } from "@gro/summarizer";
import { writePrompt, type LengthLimit } from "../../packages/summarizer/src/plan/prompts/frame.js";
import { meanLength } from "./scores.js";
import type { Units } from "./units.js";

/** How near the mean length of the summaries must come to the one that is asked for. */
const TOLERANCE = 0.005;
const MOST_ROUNDS = 5;

const FIRST_TOKENS_PER_UNIT = 1.3;

/**
 * One summary of each text by `model`, all under the same limit in tokens: the one at which their mean length is
 * `length` units, so that no method gains by being longer or shorter than the references.
 */
export async function summariesOfLength(
  length: number,
  texts: readonly string[],
  model: LanguageModel,
  units: Units,
): Promise<string[]> {
  let summaries: string[] = [];
  let tokens = length * FIRST_TOKENS_PER_UNIT;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const limit: LengthLimit = { words: Math.round(length), unit: "words", tokens: Math.round(tokens) };
    summaries = [];
    for (const text of texts) {
      const prompt = writePrompt("Summarize the text between the text tags.", limit, [
        { name: "text", text },
      ]);
      const { text: summary } = await model.generate({ system: "", prompt, maxOutputTokens: limit.tokens });
      summaries.push(summary);
    }
    const ratio = length / meanLength(summaries, units);
    if (Math.abs(ratio - 1) <= TOLERANCE) break;
    tokens *= ratio;
  }
  return summaries;
}
