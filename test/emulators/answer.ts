import { trimToTokens, type CompletionRequest, type Tokenizer } from "@gro/summarizer";
import { answerAs, type Behaviour } from "@gro/summarizer/testing";
import type { Fault } from "./faults.js";

/** What a model would have written. */
export interface EmulatedAnswer {
  readonly text: string;
  readonly ending: "done" | "limit" | "refusal";
  readonly thinkingTokens: number;
  /** Thinking included. */
  readonly outputTokens: number;
}

export interface Writer {
  readonly behaviour: Behaviour;
  readonly tokenizer: Tokenizer;
}

function wordsFor(request: CompletionRequest, behaviour: Behaviour, fault: Fault | undefined): string {
  if (fault?.kind === "exact-text") return fault.text;
  return fault?.kind === "empty" || fault?.kind === "refusal" ? "" : answerAs(behaviour, request);
}

/** Answers by rule: the same request has the same answer. Thinking and writing share the output limit. */
export function writeAnswer(
  request: CompletionRequest,
  { behaviour, tokenizer }: Writer,
  wantedThinkingTokens: number,
  fault: Fault | undefined,
): EmulatedAnswer {
  const thinkingTokens = Math.min(wantedThinkingTokens, request.maxOutputTokens);
  const room = request.maxOutputTokens - thinkingTokens;
  const whole = wordsFor(request, behaviour, fault);
  const count = tokenizer.count(whole);
  const limit = fault?.kind === "limit-reached" ? Math.min(room, Math.floor(count / 2)) : room;
  const isCut = count > limit;
  const text = isCut ? (limit === 0 ? "" : trimToTokens(whole, limit, tokenizer)) : whole;
  const isRefusal = fault?.kind === "refusal" || behaviour === "refusing";
  return {
    text,
    ending: isRefusal ? "refusal" : isCut ? "limit" : "done",
    thinkingTokens,
    outputTokens: thinkingTokens + tokenizer.count(text),
  };
}

const WORDS_PER_PIECE = 6;

/** A text in the pieces in which a model would send it. */
export function piecesOf(text: string): string[] {
  return text.match(new RegExp(`(\\s*\\S+){1,${WORDS_PER_PIECE}}\\s*`, "gu")) ?? (text === "" ? [] : [text]);
}
