import type { BatchClaim, BatchRecord, Submission } from "@gro/queue";
import { number, optionalNumber, text, type Row } from "../connection/row.js";
import { corrupt } from "../errors/store-errors.js";

export function batchClaimIn(row: Row): BatchClaim {
  const batch = batchIn(row);
  return { ref: batch.ref, token: text(row, "token"), batch, leaseEndsAt: number(row, "due_at") };
}

/** @throws StoreError `store_corrupt` */
export function batchIn(row: Row): BatchRecord {
  const ref = text(row, "ref");
  return {
    ref,
    provider: text(row, "provider"),
    modelId: text(row, "model_id"),
    keys: textsIn(row, "keys", ref),
    reservedAt: number(row, "reserved_at"),
    deadlineAt: optionalNumber(row, "deadline_at"),
    submission: submissionIn(row, ref),
    ruledOut: textsIn(row, "ruled_out", ref),
  };
}

function textsIn(row: Row, column: string, ref: string): readonly string[] {
  const value: unknown = JSON.parse(text(row, column));
  if (Array.isArray(value) && value.every((member) => typeof member === "string")) return value;
  throw corrupt("the batch", ref, `${column} is no list of texts`);
}

function submissionIn(row: Row, ref: string): Submission {
  const value: unknown = JSON.parse(text(row, "submission"));
  if (isSubmission(value)) return value;
  throw corrupt("the batch", ref, "its submission is none");
}

const TIMES = ["since", "wantingSince", "missingSince", "missingLooks"] as const;

function isTimeOrMissing(value: unknown): boolean {
  return value === undefined || typeof value === "number";
}

/** A state that is not known is not no state: nothing may be guessed about what was paid for. */
function isSubmission(value: unknown): value is Submission {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (!TIMES.every((name) => isTimeOrMissing(Reflect.get(value, name)))) return false;
  if (value.kind === "intended") return true;
  const isKnown = value.kind === "candidate" || value.kind === "submitted";
  return isKnown && "batchId" in value && typeof value.batchId === "string";
}
