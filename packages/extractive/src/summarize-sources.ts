import { trimToTokens, type Tokenizer } from "@gro/summarizer";
import { candidateSentences, type CandidateSentence } from "./candidate-sentences.js";
import { fillParts, openParts, sumTokens, type Part } from "./parts.js";
import { renderSentences } from "./rendering.js";
import type { SelectionMethod } from "./text-kind.js";

/** No token is longer, in UTF-16 units: what stands farther on cannot fit. */
const LONGEST_TOKEN = 128;

/** How often the room is filled again that the tokens of single sentences, counted alone, left over. */
const REFILLS = 2;

/** How many sentences are tried where not even the first character of a sentence fits. */
const MOST_TRIMMED = 16;

/** The chosen sentences as text. Those taken last are given back until the whole counts at most `limit`. */
function renderWithin(
  limit: number,
  sentences: readonly CandidateSentence[],
  taken: number[],
  tokenizer: Tokenizer,
): { readonly text: string; readonly tokens: number } {
  for (;;) {
    const text = renderSentences(
      sentences,
      [...taken].sort((one, other) => one - other),
    );
    const tokens = tokenizer.count(text);
    if (tokens <= limit || taken.length === 0) return { text, tokens };
    for (let over = tokens - limit; over > 0 && taken.length > 0;) {
      over -= Math.max(1, sentences[taken.pop() ?? 0]?.tokens ?? 1);
    }
  }
}

const HAS_WORDS = /[\p{L}\p{N}]/u;

/** Rules, table frames and faces made of signs say nothing, as long as anything else does. */
function withoutWordless(sentences: readonly CandidateSentence[]): readonly CandidateSentence[] {
  const worded = sentences.filter(({ text }) => HAS_WORDS.test(text));
  return worded.length > 0 ? worded : sentences;
}

/** The beginning of the worthiest sentence, for a limit that holds none. */
function beginningOfBest(
  limit: number,
  sentences: readonly CandidateSentence[],
  parts: readonly Part[],
  tokenizer: Tokenizer,
): string {
  const best = parts[0]?.selection.best(Number.POSITIVE_INFINITY)?.index ?? 0;
  const beginnings = [best, ...sentences.keys()].slice(0, MOST_TRIMMED).map((index) => {
    const within = (sentences[index]?.text ?? "").slice(0, limit * LONGEST_TOKEN);
    return trimToTokens(within, limit, tokenizer);
  });
  return beginnings.find((text) => HAS_WORDS.test(text)) ?? beginnings.find((text) => text !== "") ?? "";
}

/**
 * The sentences of the sources that stand best for all of them, in their order, in at most `limit` tokens. Empty only
 * when the sources have no visible character, or none that fits.
 */
export function summarizeSources(
  sources: readonly string[],
  limit: number,
  tokenizer: Tokenizer,
  method: SelectionMethod | "auto",
): string {
  const sentences = withoutWordless(candidateSentences(sources, tokenizer));
  const distinct = [...sentences.keys()].filter((index) => sentences[index]?.isRepetition === false);
  if (sumTokens(distinct.flatMap((index) => sentences[index] ?? [])) <= limit) {
    return renderWithin(limit, sentences, distinct, tokenizer).text;
  }
  const parts = openParts(sentences, limit, method);
  const taken: number[] = [];
  let room = limit;
  let rendered = { text: "", tokens: 0 };
  for (let round = 0; round <= REFILLS; round += 1) {
    const added = fillParts(parts, room);
    if (added.length === 0) break;
    taken.push(...added);
    rendered = renderWithin(limit, sentences, taken, tokenizer);
    room = limit - rendered.tokens;
  }
  return rendered.text === "" ? beginningOfBest(limit, sentences, parts, tokenizer) : rendered.text;
}
