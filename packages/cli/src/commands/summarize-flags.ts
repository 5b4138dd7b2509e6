import type { ContentType } from "@gro/summarizer";
import type { FlagTable } from "../arguments.js";

const CONTENT_TYPE_NAMES: Readonly<Record<ContentType, true>> = {
  general: true,
  conversation: true,
  journal: true,
  document: true,
};

export const CONTENT_TYPES = Object.keys(CONTENT_TYPE_NAMES);

export function isContentType(name: string): name is ContentType {
  return Object.hasOwn(CONTENT_TYPE_NAMES, name);
}

/** In the order in which the help shows them. */
export const SUMMARIZE_FLAGS = {
  "target-tokens": { value: "N", help: "the longest summary, in tokens (default: --token-max)" },
  "target-ratio": { value: "R", help: "the longest summary, as a share of the text: above 0, at most 1" },
  "content-type": { value: "T", help: `what the text is: ${CONTENT_TYPES.join(", ")} (default general)` },
  "prior-summary": { value: "FILE", help: "a summary of what came before the text, to be carried forward" },
  provider: { value: "P", help: "who writes: auto or extractive, which works offline (default auto)" },
  "chunk-size": { value: "N", help: "the largest piece of text in one call, in tokens (default 2048)" },
  "chunk-overlap": { value: "N", help: "tokens before a piece that go along as context (default 200)" },
  "token-max": { value: "N", help: "the most tokens of summaries that one merge takes in (default 3000)" },
  "max-concurrency": { value: "N", help: "calls at the same time (default 5)" },
  timeout: { value: "MS", help: "the longest that one call may take, in milliseconds (default 60000)" },
  memo: { value: "DIR", help: "keep answers in this directory, so that no call is made twice" },
  json: { help: "print the whole result as one JSON object" },
  quiet: { help: "print nothing but the result and errors" },
  // They mean something to providers that are still to come.
  model: { value: "ID" },
  "base-url": { value: "URL" },
} as const satisfies FlagTable;

export type SummarizeFlag = keyof typeof SUMMARIZE_FLAGS;
