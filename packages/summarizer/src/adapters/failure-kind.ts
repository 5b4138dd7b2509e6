import type { ModelErrorKind } from "../errors/model-error.js";
import { statusTold, type ProviderFailure } from "./provider-failure.js";

/** Names that providers have for an account that cannot pay; some of them come with 429, which otherwise passes. */
const NO_CREDIT_CODE =
  /^(billing_|insufficient_(quota|balance|credits|funds)|credit_|(contract|enforced)_spend_limit|linked_organization_(billing|spend))/iu;
const NO_CREDIT_WORDS =
  /credit balance|insufficient (credit|balance|funds|quota)|out of credits?|spend(ing)? limit/iu;

const TOO_LONG_CODE =
  /^(context_length_exceeded|context_?overflow(_?error)?|exceed_context_size_error|string_above_max_length|request_too_large)$/iu;
const TOO_LONG_WORDS = [
  /(prompt|input|request)( is)? too (long|large)/iu,
  /maximum context/iu,
  /context (length|window|size|limit)/iu,
  /exceeds? .{0,60}(context|maximum number of (input )?tokens|token limit)/iu,
  /too many (input |prompt )?tokens/iu,
  // Text Generation Inference says it so.
  /`?inputs`? tokens.{0,40}must be <=/iu,
];

const TOO_LARGE_FOR_A_MINUTE = /^(\d{3} )?request too large/iu;

const NO_MODEL_CODE = /^(model_not_found|AI_NoSuchModelError)$/u;
const NO_MODEL_WORDS = /not a valid model|model\b.{0,80}(not found|does not exist|not exist)/iu;

/** What the names of errors say when there is no status, as inside a stream. First match wins. */
const KIND_BY_CODE: readonly (readonly [RegExp, ModelErrorKind])[] = [
  [/overloaded/iu, "overloaded"],
  [/rate_?limit|too_?many_?requests/iu, "rate_limited"],
  [/timeout/iu, "timed_out"],
  [/authentication|invalid_api_key/iu, "credentials_refused"],
  [/permission/iu, "permission_denied"],
  [/not_?found/iu, "model_not_found"],
  [/invalid_?request|bad_?request/iu, "invalid_request"],
];

function kindByStatus(status: number): ModelErrorKind {
  switch (status) {
    case 401:
      return "credentials_refused";
    case 402:
      return "out_of_credit";
    case 403:
    case 407:
      return "permission_denied";
    case 404:
      return "model_not_found";
    case 408:
    case 504:
      return "timed_out";
    case 409:
      return "server_error";
    case 413:
      return "prompt_too_long";
    case 429:
      return "rate_limited";
    case 503:
    case 529:
      return "overloaded";
    default:
      return status >= 500 ? "server_error" : "invalid_request";
  }
}

/** What kind of failure a provider reported, by its names first, its words where names say too little, and the status. */
export function kindOfFailure(failure: ProviderFailure): ModelErrorKind {
  const { stage, codes, words } = failure;
  if (stage === "keyless") return "credentials_missing";
  if (stage === "unreachable") return "connection_lost";
  if (stage === "timed_out") return "timed_out";
  if (stage === "unreadable") return "malformed_response";

  const known = statusTold(failure);
  const mayBeTheAccount = known === undefined || [400, 402, 403, 429].includes(known);
  if (codes.some((code) => NO_CREDIT_CODE.test(code))) return "out_of_credit";
  if (mayBeTheAccount && NO_CREDIT_WORDS.test(words)) return "out_of_credit";

  if (codes.some((code) => TOO_LONG_CODE.test(code))) return "prompt_too_long";
  // Some servers answer 500 to what does not fit, and OpenAI 429 to what never fits into a minute.
  const mayBeTheLength = known === undefined || [400, 413, 422, 500].includes(known);
  if (mayBeTheLength && TOO_LONG_WORDS.some((pattern) => pattern.test(words))) return "prompt_too_long";
  if (known === 429 && TOO_LARGE_FOR_A_MINUTE.test(words)) return "prompt_too_long";

  if (codes.some((code) => NO_MODEL_CODE.test(code))) return "model_not_found";
  if (known === 400 && NO_MODEL_WORDS.test(words)) return "model_not_found";

  if (known !== undefined) return kindByStatus(known);
  return KIND_BY_CODE.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1] ?? "server_error";
}
