import { InvalidOptionError } from "@gro/summarizer";
import { resolvePlanOptions } from "@gro/summarizer/executor";
import type { SummaryRequest } from "./summary-request.js";

/** The checks look at the options alone, and count nothing. */
const NO_TOKENIZER = { id: "none", count: () => 0 };

/** A name that is none would be kept and never used. */
const KNOWN: Readonly<Record<keyof SummaryRequest, true>> = {
  targetTokens: true,
  targetRatio: true,
  contentType: true,
  priorSummary: true,
  tokenMax: true,
  chunkSize: true,
  chunkOverlap: true,
  maxCollapseDepth: true,
  model: true,
};

/**
 * Finds options that make no plan before anything is saved: a worker would find them hours later, page by page.
 *
 * @throws InvalidOptionError that names the option, the value and what is allowed
 */
export function checkRequest(request: unknown): void {
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    throw new InvalidOptionError("request", request, "an object with options of a summary");
  }
  for (const [option, value] of Object.entries(request)) {
    if (value === undefined || Object.hasOwn(KNOWN, option)) continue;
    throw new InvalidOptionError(
      option,
      value,
      `left out: a request has only ${Object.keys(KNOWN).join(", ")}`,
    );
  }
  const { model, ...options }: SummaryRequest = request;
  if (model !== undefined && (typeof model !== "string" || model === "")) {
    throw new InvalidOptionError("model", model, "the provider's name for a model");
  }
  resolvePlanOptions({ ...options, tokenizer: NO_TOKENIZER }, "any");
}
