import { InvalidOptionError } from "@gro/summarizer";
import { wholeNumber } from "@gro/summarizer/executor";
import type { ClaimRequest } from "./ports/queue-store.js";

/**
 * What a claim asks for, checked.
 *
 * @throws InvalidOptionError that names what is missing or out of its range
 */
export function claimRequestOf(given: unknown): ClaimRequest {
  if (typeof given !== "object" || given === null) {
    throw new InvalidOptionError("request", given, "an object with limit and leaseMs");
  }
  const { limit, leaseMs }: Partial<ClaimRequest> = given;
  return { limit: wholeNumber("limit", limit, 1), leaseMs: wholeNumber("leaseMs", leaseMs, 1) };
}
