import { InvalidOptionError } from "@gro/summarizer";
import { wholeNumber } from "@gro/summarizer/executor";
import type {
  BatchChange,
  BatchIntent,
  BatchToken,
  ClaimBatchesRequest,
  KeyFailure,
  Submission,
  UnreadBatch,
} from "../ports/batch-ledger.js";
import { plainCopy } from "../plain-copy.js";
import { fieldsOf, finite, list, text, texts } from "./check-value.js";

const INTENT = "an object with ref, provider, modelId and keys";
const SUBMISSIONS: readonly unknown[] = ["intended", "candidate", "submitted"] satisfies Submission["kind"][];

/** What is to be reserved, checked and with its default. @throws InvalidOptionError */
export function batchIntentOf(
  given: unknown,
): Required<BatchIntent> & { readonly deadlineAt: number | null } {
  const { ref, provider, modelId, keys, deadlineAt } = fieldsOf("intent", given, INTENT);
  return {
    ref: text("intent.ref", ref),
    provider: text("intent.provider", provider),
    modelId: text("intent.modelId", modelId),
    keys: texts("intent.keys", keys),
    deadlineAt:
      deadlineAt === undefined || deadlineAt === null ? null : finite("intent.deadlineAt", deadlineAt),
  };
}

/** What a claim of batches asks for, checked. @throws InvalidOptionError */
export function claimBatchesRequestOf(given: unknown): ClaimBatchesRequest {
  const expected = "an object with provider, limit and leaseMs";
  const { provider, limit, leaseMs } = fieldsOf("request", given, expected);
  return {
    provider: text("provider", provider),
    limit: wholeNumber("limit", limit, 1),
    leaseMs: wholeNumber("leaseMs", leaseMs, 1),
  };
}

/** @throws InvalidOptionError */
export function batchTokenOf(given: unknown): BatchToken {
  const { ref, token } = fieldsOf("claim", given, "a claim with ref and token");
  return { ref: text("claim.ref", ref), token: text("claim.token", token) };
}

/** What was learned of a batch, checked; shares nothing with what was given. @throws InvalidOptionError */
export function batchChangeOf(given: unknown): BatchChange {
  const { submission, ruledOut } = fieldsOf("change", given, "an object with what was learned");
  return {
    ...(submission !== undefined && { submission: submissionOf(submission) }),
    ...(ruledOut !== undefined && { ruledOut: text("change.ruledOut", ruledOut) }),
  };
}

/** Failures, checked, and nothing but what the port names. @throws InvalidOptionError */
export function keyFailuresOf(given: unknown): readonly KeyFailure[] {
  return list("failures", given, "a list of failures with key, kind and message").map((failure, index) =>
    keyFailureOf(`failures[${index}]`, failure),
  );
}

/** Step keys, checked. @throws InvalidOptionError */
export function stepKeysOf(given: unknown): readonly string[] {
  return texts("keys", given);
}

function submissionOf(given: unknown): Submission {
  if (isSubmission(given)) return plainCopy(given);
  const kinds = SUBMISSIONS.map((kind) => `"${String(kind)}"`).join(", ");
  throw new InvalidOptionError("change.submission", given, `an object whose kind is one of ${kinds}`);
}

/** A ledger keeps what else it says as it is. */
function isSubmission(given: unknown): given is Submission {
  return typeof given === "object" && given !== null && "kind" in given && SUBMISSIONS.includes(given.kind);
}

function keyFailureOf(option: string, given: unknown): KeyFailure {
  const { key, kind, message, unread } = fieldsOf(option, given, "an object with key, kind and message");
  return {
    key: text(`${option}.key`, key),
    kind: text(`${option}.kind`, kind),
    message: text(`${option}.message`, message),
    ...(unread !== undefined && { unread: unreadBatchOf(`${option}.unread`, unread) }),
  };
}

function unreadBatchOf(option: string, given: unknown): UnreadBatch {
  const expected = "an object with provider, batchId and endedAt";
  const { provider, batchId, endedAt } = fieldsOf(option, given, expected);
  return {
    provider: text(`${option}.provider`, provider),
    batchId: text(`${option}.batchId`, batchId),
    endedAt: finite(`${option}.endedAt`, endedAt),
  };
}
