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

/** What is to be summarized, and to which length. */
export const TARGET_FLAGS = {
  "target-tokens": { value: "N", help: "the longest summary, in tokens (default: --token-max)" },
  "target-ratio": { value: "R", help: "the longest summary, as a share of the text: above 0, at most 1" },
  "content-type": { value: "T", help: `what the text is: ${CONTENT_TYPES.join(", ")} (default general)` },
  "prior-summary": { value: "FILE", help: "a summary of what came before the text, to be carried forward" },
} as const satisfies FlagTable;

/** How a text is divided. */
export const CHUNK_FLAGS = {
  "chunk-size": { value: "N", help: "the largest piece of text in one call, in tokens (default 2048)" },
  "chunk-overlap": { value: "N", help: "tokens before a piece that go along as context (default 200)" },
  "token-max": { value: "N", help: "the most tokens of summaries that one merge takes in (default 3000)" },
} as const satisfies FlagTable;

/** The flags behind the options that shape a plan. */
export type PlanFlag = keyof typeof TARGET_FLAGS | keyof typeof CHUNK_FLAGS;
