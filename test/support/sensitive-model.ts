import { createHash } from "node:crypto";
import type { Completion, CompletionRequest, LanguageModel, Tokenizer } from "@gro/summarizer";
import { readPrompt } from "../../packages/summarizer/src/plan/prompts/frame.js";

const WORDS = /\S+/gu;

/** As many words as are asked for, from a place in the sources that every character of the request has its say in. */
function answer({ system, prompt }: CompletionRequest): string {
  const view = readPrompt(prompt);
  if (view === undefined) throw new RangeError("A prompt that was not written by the plan");
  const words = view.sections.flatMap(({ name, text }) =>
    name === "context" || name === "earlier-summary" ? [] : (text.match(WORDS) ?? []),
  );
  const place = createHash("sha256").update(`${system}\0${prompt}`).digest().readUInt32BE(0) % words.length;
  const wanted = Math.min(view.limit.words, words.length);
  return [
    ...words.slice(place, place + wanted),
    ...words.slice(0, Math.max(0, place + wanted - words.length)),
  ]
    .slice(0, wanted)
    .join(" ");
}

/** A model that says something else as soon as anything in a request is other, and counts what it was sent. */
export interface SensitiveModel extends LanguageModel {
  readonly calls: number;
  /** Tokens of all requests so far: system texts and prompts. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The answer at once, counted like every other. */
  answerNow(request: CompletionRequest): Completion;
}

/**
 * The worst case for whoever wants to use old answers again: a changed step changes every step above it, as with real models and
 * unlike scripted ones, which may not notice. Deterministic: the same request has the same answer.
 */
export function sensitiveModel(tokenizer: Tokenizer): SensitiveModel {
  const sent = { calls: 0, inputTokens: 0, outputTokens: 0 };
  function answerNow(request: CompletionRequest): Completion {
    const text = answer(request);
    const inputTokens = tokenizer.count(request.system) + tokenizer.count(request.prompt);
    const outputTokens = tokenizer.count(text);
    sent.calls += 1;
    sent.inputTokens += inputTokens;
    sent.outputTokens += outputTokens;
    return { text, finishReason: "stop", usage: { inputTokens, outputTokens } };
  }
  return {
    id: "sensitive",
    get calls() {
      return sent.calls;
    },
    get inputTokens() {
      return sent.inputTokens;
    },
    get outputTokens() {
      return sent.outputTokens;
    },
    answerNow,
    generate: (request) => Promise.resolve(answerNow(request)),
  };
}
