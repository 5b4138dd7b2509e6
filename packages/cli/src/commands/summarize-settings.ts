import { SummarizationError, type SummarizeOptions } from "@gro/summarizer";
import type { Arguments } from "../arguments.js";
import { flagOfOption } from "../flag-names.js";
import { UsageError } from "../usage-error.js";
import { CONTENT_TYPES, isContentType, SUMMARIZE_FLAGS, type SummarizeFlag } from "./summarize-flags.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu;

/** `NaN` for what is no number: what is allowed the library knows, and says. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/**
 * The library's options, as far as flags alone give them.
 * @throws UsageError for a content type that there is not, and for two targets.
 */
export function settingsFrom(given: Arguments<SummarizeFlag>): Omit<SummarizeOptions, "model"> {
  if (given.has("target-tokens") && given.has("target-ratio")) {
    throw new UsageError("--target-tokens and --target-ratio exclude each other: give one of them.");
  }
  const contentType = given.text("content-type");
  if (contentType !== undefined && !isContentType(contentType)) {
    throw new UsageError(
      `--content-type: got ${JSON.stringify(contentType)}, expected one of: ${CONTENT_TYPES.join(", ")}.`,
    );
  }
  return {
    targetTokens: numberOf(given.text("target-tokens")),
    targetRatio: numberOf(given.text("target-ratio")),
    contentType,
    chunkSize: numberOf(given.text("chunk-size")),
    chunkOverlap: numberOf(given.text("chunk-overlap")),
    tokenMax: numberOf(given.text("token-max")),
    maxConcurrency: numberOf(given.text("max-concurrency")),
    timeoutMs: numberOf(given.text("timeout")),
  };
}

function isSummarizeFlag(name: string): name is SummarizeFlag {
  return Object.hasOwn(SUMMARIZE_FLAGS, name);
}

/** What the library says about an option, said about its flag; everything else as it came. */
export function withFlagError(error: unknown, given: Arguments<SummarizeFlag>): unknown {
  if (!SummarizationError.isInstance(error) || error.code !== "invalid_option") return error;
  const { option, value, allowed } = error.context;
  const name = flagOfOption(String(option))?.slice(2);
  if (name === undefined || !isSummarizeFlag(name)) return error;
  // A target that is too small may have been given as a share.
  const flag = name === "target-tokens" && given.has("target-ratio") ? "target-ratio" : name;
  const text = given.text(flag);
  const shown = text === undefined ? String(value) : NUMBER.test(text) ? text : JSON.stringify(text);
  return new UsageError(`--${flag}: got ${shown}, expected ${String(allowed)}.`);
}
