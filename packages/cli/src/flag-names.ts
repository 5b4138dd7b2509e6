import type { BatchWorkerOptions } from "@gro/batch";
import type { SummarizeOptions } from "@gro/summarizer";

/** The flags behind which options of the libraries stand, and of their models. */
const FLAG_OF_OPTION: Readonly<
  Partial<
    Record<keyof SummarizeOptions | keyof BatchWorkerOptions | "reasoningTokens" | "maxRequests", string>
  >
> = {
  targetTokens: "--target-tokens",
  targetRatio: "--target-ratio",
  contentType: "--content-type",
  priorSummary: "--prior-summary",
  chunkSize: "--chunk-size",
  chunkOverlap: "--chunk-overlap",
  tokenMax: "--token-max",
  maxConcurrency: "--max-concurrency",
  timeoutMs: "--timeout",
  pollIntervalMs: "--poll-interval",
  batchPollIntervalMs: "--batch-poll-interval",
  batchSize: "--batch-size",
  // The provider's own name for the same, in its advice.
  maxRequests: "--batch-size",
  orphanGraceMs: "--orphan-grace",
  reasoningTokens: "--reasoning-tokens",
};

const FLAGS: ReadonlyMap<string, string> = new Map(Object.entries(FLAG_OF_OPTION));

const OPTION_NAMES = new RegExp(`\\b(?:option )?(${[...FLAGS.keys()].join("|")})\\b`, "gu");

/** The flag of an option, with its dashes. */
export function flagOfOption(option: string): string | undefined {
  return FLAGS.get(option);
}

/** A message of the libraries with the names that the user knows. */
export function withFlagNames(message: string): string {
  return message.replace(OPTION_NAMES, (match, option: string) => FLAGS.get(option) ?? match);
}
