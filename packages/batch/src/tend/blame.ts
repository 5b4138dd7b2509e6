import type { KeyFailure } from "@gro/queue";
import type { ProviderFailure } from "../ports/batch-provider.js";

const TOO_LARGE = 413;

/** The same failure for all of these keys. */
export function blame(keys: readonly string[], kind: string, message: string): KeyFailure[] {
  return keys.map((key) => ({ key, kind, message }));
}

/** What a provider's failure is for the requests that it concerns. */
export function kindForRequests({ kind, status }: ProviderFailure): string {
  return status === TOO_LARGE ? "prompt_too_long" : kind;
}
