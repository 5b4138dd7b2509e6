import type { Claim, DeadLetter, DeadLetterReason, QueueItem, SummaryRequest } from "@gro/queue";
import { number, text, type Row } from "../connection/row.js";
import { corrupt } from "../errors/store-errors.js";

/** What of an item is kept as JSON. */
export function givenOf({ label, lane, request }: QueueItem): string {
  return JSON.stringify({ label, lane, request });
}

export function claimIn(row: Row): Claim {
  const item = itemIn(row);
  return {
    ...{ itemId: item.id, token: text(row, "token"), item },
    ...{ leaseEndsAt: number(row, "claimable_at"), lapses: number(row, "lapses") },
  };
}

export function deadLetterIn(row: Row): DeadLetter {
  return { item: itemIn(row), reason: reasonIn(row), diedAt: number(row, "died_at") };
}

/** @throws StoreError `store_corrupt` */
function itemIn(row: Row): QueueItem {
  const id = text(row, "id");
  // No page's id has an @ in it.
  const at = id.indexOf("@");
  const { label, lane, request } = objectIn(row, "given", id);
  if (typeof label !== "string" || (lane !== null && typeof lane !== "string") || !isRequest(request)) {
    throw corrupt("the item", id, "its label, lane or request is none");
  }
  const queuedAt = number(row, "queued_at");
  return { id, pageId: id.slice(0, at), contentHash: id.slice(at + 1), label, lane, queuedAt, request };
}

function reasonIn(row: Row): DeadLetterReason {
  const id = text(row, "id");
  const { code, message } = objectIn(row, "reason", id);
  if (typeof code === "string" && typeof message === "string") return { code, message };
  throw corrupt("the dead letter", id, "it has no reason");
}

function objectIn(row: Row, column: string, id: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text(row, column));
  if (isObject(value)) return value;
  throw corrupt("the item", id, `${column} is no object`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** What it holds is checked by whoever plans by it. */
function isRequest(value: unknown): value is SummaryRequest {
  return isObject(value);
}
