import { InvalidOptionError } from "@gro/summarizer";
import { resolvePlanOptions } from "@gro/summarizer/executor";
import type { SummaryRequest } from "./summary-request.js";

/** The checks look at the options alone, and count nothing. */
const NO_TOKENIZER = { id: "none", count: () => 0 };

/**
 * Finds options that make no plan before anything is saved: a worker would find them hours later, page by page.
 *
 * @throws InvalidOptionError that names the option, the value and what is allowed
 */
export function checkRequest(request: unknown): void {
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    throw new InvalidOptionError("request", request, "an object with options of a summary");
  }
  const { model, ...options }: SummaryRequest = request;
  if (model !== undefined && (typeof model !== "string" || model === "")) {
    throw new InvalidOptionError("model", model, "the provider's name for a model");
  }
  resolvePlanOptions({ ...options, tokenizer: NO_TOKENIZER }, "any");
}
