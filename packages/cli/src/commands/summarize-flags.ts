import type { FlagTable } from "../arguments.js";
import { CHUNK_FLAGS, TARGET_FLAGS } from "./plan-flags.js";
import { ACCESS_FLAGS } from "./provider-flags.js";

/** In the order in which the help shows them. */
export const SUMMARIZE_FLAGS = {
  ...TARGET_FLAGS,
  provider: { value: "P", help: "who writes: auto, anthropic, openai or extractive (default auto)" },
  model: { value: "ID", help: "the provider's model (default claude-haiku-4-5 or gpt-4o-mini)" },
  ...ACCESS_FLAGS,
  ...CHUNK_FLAGS,
  "max-concurrency": { value: "N", help: "calls at the same time (default 5)" },
  timeout: { value: "MS", help: "the longest that one call may take, in milliseconds (default 60000)" },
  memo: { value: "DIR", help: "keep answers in this directory, so that no call is made twice" },
  stream: { help: "show the summary as it is written (on a terminal), or events (--json)" },
  json: { help: "print the whole result as one JSON object" },
  quiet: { help: "print nothing but the result and errors" },
} as const satisfies FlagTable;

export type SummarizeFlag = keyof typeof SUMMARIZE_FLAGS;
