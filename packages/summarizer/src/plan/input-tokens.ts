import type { CompletionRequest } from "./completion.js";
import type { InParts } from "./in-parts.js";
import { countInParts } from "./text/count-in-parts.js";
import type { Tokenizer } from "./tokenizer.js";

/** Other vendors' tokenizers count up to 30% more than ours on Latin scripts and code; some room is left above that. */
const INPUT_MARGIN = 1.4;
/** What a chat's framing adds to a request, in tokens. */
const FRAMING_TOKENS = 64;

/**
 * The input tokens that a request may take in a model's context, for a tokenizer that is not quite ours. Texts in other
 * scripts than Latin may take more: `mostInputTokens` bounds those too.
 */
export function boundedInputTokens({ system, prompt }: CompletionRequest, tokenizer: Tokenizer): number {
  return boundedTokens(tokenizer.count(system) + tokenizer.count(prompt));
}

/** The same for the parts of a request that are not written yet, by what they take in our tokens. */
function boundedTokens(tokens: number): number {
  return Math.ceil(tokens * INPUT_MARGIN) + FRAMING_TOKENS;
}

/** What is sent, by our own count. */
function* sentTokens({ system, prompt }: CompletionRequest, tokenizer: Tokenizer): InParts<number> {
  return tokenizer.count(system) + (yield* countInParts(prompt, tokenizer));
}

/** How much a model can take in and put out together, and what of it goes into thinking. */
export interface ModelRoom {
  /** `undefined` when nobody knows. */
  readonly contextTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

/**
 * The room in a model's context that a request may take, answer and thinking included.
 * @param unwrittenTokens what is still to be put into the request, by the run's tokenizer
 */
export function* roomFor(
  request: CompletionRequest,
  { reasoningTokens = 0 }: ModelRoom,
  tokenizer: Tokenizer,
  unwrittenTokens = 0,
): InParts<number> {
  const sent = (yield* sentTokens(request, tokenizer)) + unwrittenTokens;
  return boundedTokens(sent) + request.maxOutputTokens + reasoningTokens;
}

/** The same if the model counted as the run's tokenizer does: with less room than this a request is sure to be refused. */
export function* leastRoomFor(
  request: CompletionRequest,
  { reasoningTokens = 0 }: ModelRoom,
  tokenizer: Tokenizer,
): InParts<number> {
  return (yield* sentTokens(request, tokenizer)) + request.maxOutputTokens + reasoningTokens;
}

/** UTF-8 takes at most so many bytes for each UTF-16 unit, and no tokenizer takes more tokens than bytes. */
const MOST_TOKENS_PER_UNIT = 3;

/** A bound of `roomFor` without a count: most models have room for far more than most requests. */
export function mostRoomFor(
  { system, prompt, maxOutputTokens }: CompletionRequest,
  { reasoningTokens = 0 }: ModelRoom,
): number {
  const sent = (system.length + prompt.length) * MOST_TOKENS_PER_UNIT;
  return boundedTokens(sent) + maxOutputTokens + reasoningTokens;
}

/** UTF-8 bytes of all characters outside ASCII. A half of a surrogate pair counts as two of the pair's four. */
function nonAsciiBytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

/**
 * The most input tokens that a request can be billed for, whoever counts. Tokenizers differ by a margin on Latin scripts and by
 * several times on others; none takes more tokens than bytes. Budgets set this aside, and worst cases are made of it.
 */
export function mostInputTokens(request: CompletionRequest, tokenizer: Tokenizer): number {
  const { system, prompt } = request;
  return boundedInputTokens(request, tokenizer) + nonAsciiBytes(system) + nonAsciiBytes(prompt);
}

/** UTF-8 bytes outside ASCII for each token of a text. */
export function nonAsciiBytesPerToken(text: string, tokens: number): number {
  return tokens === 0 ? 0 : nonAsciiBytes(text) / tokens;
}

/** What a text that is not written yet adds to `mostInputTokens`, by its tokens and by the bytes of texts like it. */
export function mostInputTokensOf(tokens: number, bytesPerToken: number): number {
  return tokens * (INPUT_MARGIN + bytesPerToken);
}
