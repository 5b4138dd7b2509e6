import type { ModelErrorKind } from "@gro/summarizer";
import type { ProviderFailure } from "../ports/batch-provider.js";
import { needsSomebody } from "../worker/provider-health.js";

/** What a batch that was certainly not created leads to. */
export type RefusalDecision =
  /** Something in it, or its size, is not to the provider's liking: its halves are sent on their own. */
  | { readonly kind: "divide" }
  /** It is this one request, or the model that only some items want. */
  | { readonly kind: "blame" }
  /** Somebody has to mend something. */
  | { readonly kind: "pause" }
  /** Later. */
  | { readonly kind: "back-off" };

/** Refusals that are about what is in the batch. */
const ABOUT_CONTENT: ReadonlySet<ModelErrorKind> = new Set<ModelErrorKind>([
  "invalid_request",
  "prompt_too_long",
  "prompt_was_cut",
]);

const TOO_LARGE = 413;

export function decideRefusal(
  failure: ProviderFailure,
  requests: number,
  hasOwnModel: boolean,
): RefusalDecision {
  const { kind, status } = failure;
  if (hasOwnModel && (kind === "model_not_found" || kind === "permission_denied")) return { kind: "blame" };
  if (needsSomebody(kind)) return { kind: "pause" };
  if (ABOUT_CONTENT.has(kind) || status === TOO_LARGE) return { kind: requests > 1 ? "divide" : "blame" };
  return { kind: "back-off" };
}
