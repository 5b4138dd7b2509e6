import { SummarizationError, type SummarizeOptions } from "@gro/summarizer";
import type { Arguments, FlagTable } from "../arguments.js";
import { flagOfOption } from "../flag-names.js";
import { UsageError } from "../usage-error.js";
import { CONTENT_TYPES, isContentType, type PlanFlag } from "./plan-flags.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu;

/** `NaN` for what is no number: what is allowed the library knows, and says. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** The options that flags alone give, apart from the files that they name. */
export type PlanSettings = Pick<
  SummarizeOptions,
  "targetTokens" | "targetRatio" | "contentType" | "chunkSize" | "chunkOverlap" | "tokenMax"
>;

/**
 * What a text is, and how long its summary may be.
 * @throws UsageError for a content type that there is not.
 */
export function textSettingsFrom(
  given: Arguments<"target-tokens" | "content-type">,
): Pick<PlanSettings, "targetTokens" | "contentType"> {
  const contentType = given.text("content-type");
  if (contentType !== undefined && !isContentType(contentType)) {
    throw new UsageError(
      `--content-type: got ${JSON.stringify(contentType)}, expected one of: ${CONTENT_TYPES.join(", ")}.`,
    );
  }
  return { targetTokens: numberOf(given.text("target-tokens")), contentType };
}

/**
 * The options that shape a plan, as far as flags alone give them.
 * @throws UsageError for a content type that there is not, and for two targets.
 */
export function planSettingsFrom(given: Arguments<PlanFlag>): PlanSettings {
  if (given.has("target-tokens") && given.has("target-ratio")) {
    throw new UsageError("--target-tokens and --target-ratio exclude each other: give one of them.");
  }
  return {
    ...textSettingsFrom(given),
    targetRatio: numberOf(given.text("target-ratio")),
    chunkSize: numberOf(given.text("chunk-size")),
    chunkOverlap: numberOf(given.text("chunk-overlap")),
    tokenMax: numberOf(given.text("token-max")),
  };
}

/** What the library says about an option, said about the flag of these, or its variable, that stands for it; everything else as it came. */
export function withFlagError<Name extends string>(
  error: unknown,
  given: Arguments<Name>,
  flags: FlagTable<Name>,
): unknown {
  if (!SummarizationError.isInstance(error) || error.code !== "invalid_option") return error;
  const { option, value, allowed } = error.context;
  const isFlag = (name: string): name is Name => Object.hasOwn(flags, name);
  const name = flagOfOption(String(option))?.slice(2);
  if (name === undefined || !isFlag(name)) return error;
  const ratio = "target-ratio";
  // A target that is too small may have been given as a share.
  const flag = name === "target-tokens" && isFlag(ratio) && given.has(ratio) ? ratio : name;
  const text = given.text(flag);
  const shown = text === undefined ? String(value) : NUMBER.test(text) ? text : JSON.stringify(text);
  return new UsageError(`${given.originOf(flag)}: got ${shown}, expected ${String(allowed)}.`);
}
