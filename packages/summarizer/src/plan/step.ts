import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { CompletionRequest } from "./completion.js";
import type { TextSpan } from "./text/sentences.js";

/** What a step asks for: the summary of a chunk, of several summaries, or a shorter wording of one. */
export type StepKind = "map" | "merge" | "shorten";

/** What a step is, without what is sent. */
export interface StepDescription {
  /** SHA-256 over exactly what is sent, as base64url: 43 characters of `[A-Za-z0-9_-]`. */
  readonly key: string;
  readonly kind: StepKind;
  /** 0 for chunks, 1 for merges of chunks, and so on. */
  readonly level: number;
  /** The part of the content that the answer stands for. */
  readonly span: TextSpan;
}

/** One model call of a plan. */
export interface Step extends StepDescription {
  readonly request: CompletionRequest;
  /** Which of the roots, in order, this step writes a text for; `null` for inner nodes. */
  readonly rootIndex: number | null;
  /** The most tokens, by the run's tokenizer, that the answer may take up in the summary. */
  readonly budgetTokens: number;
}

/** What may be told of a step in errors and events: never the content that it sends. */
export function describeStep({ key, kind, level, span }: StepDescription): StepDescription {
  return { key, kind, level, span };
}

/** Raise it when the meaning of a key changes, so that old memos are not misread. */
const KEY_VERSION = 1;

/** The key of a request: the same request to the same model has the same key in every process, for ever. */
export function stepKey(modelId: string, request: CompletionRequest): string {
  // JSON of an array is canonical: fixed order, no white space, and lone surrogates escaped, not lost.
  const canonical = JSON.stringify([
    KEY_VERSION,
    modelId,
    request.system,
    request.prompt,
    request.maxOutputTokens,
  ]);
  return base64Url(sha256(utf8ToBytes(canonical)));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function base64Url(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(index, index + 3);
    const group = (first << 16) | (second << 8) | third;
    text +=
      ALPHABET.charAt(group >> 18) +
      ALPHABET.charAt((group >> 12) & 63) +
      ALPHABET.charAt((group >> 6) & 63) +
      ALPHABET.charAt(group & 63);
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3));
}
