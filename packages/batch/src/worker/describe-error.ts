import { reasonOf } from "@gro/summarizer/executor";
import type { ModelErrorKind } from "@gro/summarizer";
import type { ProviderFailure } from "../ports/batch-provider.js";

function stringField(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null || !(name in value)) return undefined;
  const field: unknown = Reflect.get(value, name);
  return typeof field === "string" ? field : undefined;
}

/** The stable name of an error of any origin: the kind of a `ModelError`, the code of others. */
export function codeOf(error: unknown): string | null {
  return stringField(error, "kind") ?? stringField(error, "code") ?? null;
}

/** Whether an error of any origin says that later is better. Those that say nothing may come from the network: later, too. */
export function mayPass(error: unknown): boolean {
  return (
    typeof error !== "object" || error === null || !("isRetryable" in error) || error.isRetryable !== false
  );
}

const KINDS: Readonly<Record<ModelErrorKind, true>> = {
  rate_limited: true,
  overloaded: true,
  server_error: true,
  connection_lost: true,
  timed_out: true,
  credentials_missing: true,
  credentials_refused: true,
  permission_denied: true,
  model_not_found: true,
  out_of_credit: true,
  prompt_too_long: true,
  prompt_was_cut: true,
  invalid_request: true,
  malformed_response: true,
};

function isKind(value: string | undefined): value is ModelErrorKind {
  return value !== undefined && Object.hasOwn(KINDS, value);
}

function numberField(value: unknown, name: string): number | undefined {
  if (typeof value !== "object" || value === null || !(name in value)) return undefined;
  const field: unknown = Reflect.get(value, name);
  return typeof field === "number" ? field : undefined;
}

/** A message with its full stop: other sentences follow it. */
export function asSentence(message: string): string {
  return /[.!?…]$/u.test(message) ? message : `${message}.`;
}

/** An error told as a provider's failure; one that does not say what it is has the kind `otherwise`. */
export function failureFrom(error: unknown, otherwise: ModelErrorKind): ProviderFailure {
  const kind = stringField(error, "kind");
  const isTimeout = stringField(error, "code") === "call_timeout";
  return {
    kind: isKind(kind) ? kind : isTimeout ? "timed_out" : otherwise,
    message: asSentence(reasonOf(error)),
    status: numberField(error, "status"),
    requestId: stringField(error, "requestId"),
    retryAfterMs: numberField(error, "retryAfterMs"),
  };
}
