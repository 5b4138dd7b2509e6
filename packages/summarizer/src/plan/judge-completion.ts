import type { Completion, CompletionUsage } from "./completion.js";
import { inOneGo, type InParts } from "./in-parts.js";
import { readPrompt } from "./prompts/frame.js";
import type { Step } from "./step.js";

/** Why an answer cannot stand as a summary; `cut` is an empty one that reached its limit, as by thinking. */
export type RejectionReason = "empty" | "cut" | "refused" | "degenerate" | "malformed";

export interface Rejection {
  readonly kind: "rejected";
  readonly reason: RejectionReason;
  readonly detail?: string;
}

/** What a completion is worth: usable, or an error of its step. */
export type Judgement = { readonly kind: "usable" } | Rejection;

const USABLE: Judgement = { kind: "usable" };

const FINISH_REASONS: readonly unknown[] = ["stop", "length", "refusal", "other"];

/** Answers over this length that are one unit said again and again are a model's loop. */
const SHORTEST_LOOP = 160;
const LONGEST_LOOP_UNIT = 80;
const LEAST_REPETITIONS = 8;

/** What helps where an answer was cut before its first word. */
const ROOM_TO_THINK =
  "a model that thinks needs room for that, so give it reasoningTokens of 4000 or more, or let it think less, with a " +
  "reasoningEffort that it takes; one that does not think has an output limit of its own";

const HAS_WORDS = /[\p{L}\p{N}]/u;
const VISIBLE = /\S/gu;
const WORD_CHARACTER = /[\p{L}\p{N}]/gu;

/** From this share of letters and digits on, a text is made of words, and so must be its summary. */
const SHARE_OF_WORDS = 0.7;
/** Of a few signs and words, a sign may be all that fits. */
const LEAST_VISIBLE = 200;

function isMadeOfWords(text: string): boolean {
  const visible = text.match(VISIBLE)?.length ?? 0;
  return visible >= LEAST_VISIBLE && (text.match(WORD_CHARACTER)?.length ?? 0) >= visible * SHARE_OF_WORDS;
}

/** Line breaks fall elsewhere in an answer than in its source. */
function withPlainSpaces(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}

/** Read between two pauses, in UTF-16 units. */
const PART_LENGTH = 65_536;

/** The same as `withPlainSpaces`, in parts: the only thing here that takes long for an answer without end. */
function* withPlainSpacesInParts(text: string): InParts<string> {
  const trimmed = text.trim();
  const parts: string[] = [];
  let endsInSpace = false;
  for (let start = 0; start < trimmed.length; start += PART_LENGTH) {
    if (start > 0) yield;
    const part = trimmed.slice(start, start + PART_LENGTH).replace(/\s+/gu, " ");
    // White space that a part ends in may go on in the next.
    parts.push(endsInSpace && part.startsWith(" ") ? part.slice(1) : part);
    endsInSpace = part.endsWith(" ");
  }
  return parts.join("");
}

/** The data that a step hands to the model, without instructions and tags. */
function sourceOf(step: Step): string {
  return withPlainSpaces((readPrompt(step.request.prompt)?.sections ?? []).map(({ text }) => text).join(" "));
}

function isTokenCount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** The first count of tokens that cannot be one. */
function malformedCount(usage: Partial<Record<keyof CompletionUsage, unknown>>): string | undefined {
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  const counts = { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens };
  for (const [name, count] of Object.entries(counts)) {
    if (!isTokenCount(count)) return `usage.${name} is not a number of at least 0`;
  }
  if (Number(cachedInputTokens) + Number(cacheWriteTokens) > Number(inputTokens)) {
    const cached =
      Number(cachedInputTokens) > Number(inputTokens)
        ? "cachedInputTokens"
        : "cachedInputTokens and cacheWriteTokens together";
    return `usage.${cached} is more than usage.inputTokens, which they are a part of`;
  }
  return undefined;
}

/** The first field that is not as the port says, or `undefined`. Models come from callers: types promise, this looks. */
function malformedField(completion: unknown): string | undefined {
  if (typeof completion !== "object" || completion === null) return "the completion is not an object";
  const { text, finishReason, usage } = completion as Partial<Record<keyof Completion, unknown>>;
  if (typeof text !== "string") return "text is not a string";
  if (!FINISH_REASONS.includes(finishReason)) return "finishReason is not stop, length, refusal or other";
  if (typeof usage !== "object" || usage === null) return "usage is missing";
  return malformedCount(usage);
}

/** The unit that the second half of `text` consists of, or `undefined`. */
function loopUnit(text: string): string | undefined {
  if (text.length < SHORTEST_LOOP) return undefined;
  const tail = text.slice(Math.floor(text.length / 2));
  const longest = Math.min(LONGEST_LOOP_UNIT, Math.floor(tail.length / LEAST_REPETITIONS));
  for (let length = 1; length <= longest; length += 1) {
    if (tail.slice(length) === tail.slice(0, tail.length - length)) return tail.slice(0, length);
  }
  return undefined;
}

/**
 * Tells whether a completion can stand for its step. A repetition that the source itself contains is no fault
 * of the model's.
 */
export function judgeCompletion(step: Step, completion: unknown): Judgement {
  return inOneGo(judgeInParts(step, completion));
}

/** The same as `judgeCompletion`, in parts. */
export function* judgeInParts(step: Step, completion: unknown): InParts<Judgement> {
  const malformed = malformedField(completion);
  if (malformed !== undefined) return { kind: "rejected", reason: "malformed", detail: malformed };
  const { text, finishReason } = completion as Completion;
  // Where shortening fails, the longer draft is there already, and code trims it.
  if (step.kind === "shorten") return USABLE;
  if (finishReason === "refusal") return { kind: "rejected", reason: "refused" };
  if (text.trim() === "" && finishReason === "length") {
    return { kind: "rejected", reason: "cut", detail: ROOM_TO_THINK };
  }
  if (text.trim() === "") return { kind: "rejected", reason: "empty" };
  const unit = loopUnit(yield* withPlainSpacesInParts(text));
  if (unit !== undefined && !sourceOf(step).includes(unit.repeat(3))) {
    return { kind: "rejected", reason: "degenerate", detail: "one phrase is repeated to the end" };
  }
  if (!HAS_WORDS.test(text) && isMadeOfWords(sourceOf(step))) {
    return { kind: "rejected", reason: "degenerate", detail: "it has no letters or digits" };
  }
  return USABLE;
}
