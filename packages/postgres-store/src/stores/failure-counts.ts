import type { KeyFailure, KeyHistory, UnreadBatch } from "@gro/queue";
import { number, text, type Row } from "../connection/row.js";
import { corrupt } from "../errors/store-errors.js";
import { storable } from "./storable.js";

/** The same kind of failure of a key, once, with what the latest says as JSON. */
interface Counted {
  readonly key: string;
  readonly kind: string;
  count: number;
  latest: string;
}

/** Failures as the columns of a statement: keys, kinds, counts and what the latest says, each key and kind once, the latest last. */
export function failureColumns(failures: readonly KeyFailure[]): readonly (readonly unknown[])[] {
  const counted = new Map<string, Counted>();
  for (const { key, kind, message, unread } of failures) {
    const name = JSON.stringify([key, kind]);
    const known = counted.get(name);
    counted.delete(name);
    counted.set(name, {
      key: storable("step key", key),
      kind: storable("kind of failure", kind),
      count: (known?.count ?? 0) + 1,
      latest: JSON.stringify({ message, unread }),
    });
  }
  const rows = [...counted.values()];
  return [
    rows.map(({ key }) => key),
    rows.map(({ kind }) => kind),
    rows.map(({ count }) => count),
    rows.map(({ latest }) => latest),
  ];
}

/** @param rows the latest failure of each key last */
export function historiesIn(rows: readonly Row[]): Map<string, KeyHistory> {
  const counts = new Map<string, [kind: string, count: number][]>();
  const histories = new Map<string, KeyHistory>();
  for (const row of rows) {
    const [key, kind] = [text(row, "key"), text(row, "kind")];
    const known = counts.get(key) ?? [];
    known.push([kind, number(row, "count")]);
    counts.set(key, known);
    histories.set(key, {
      failure: { key, kind, ...latestIn(row, key) },
      failedAt: number(row, "failed_at"),
      counts: Object.fromEntries(known),
    });
  }
  return histories;
}

/** @throws StoreError `store_corrupt`: without the batch that an answer may lie in, it would be paid for again */
function latestIn(row: Row, key: string): Pick<KeyFailure, "message" | "unread"> {
  const value: unknown = JSON.parse(text(row, "latest"));
  if (
    typeof value === "object" &&
    value !== null &&
    "message" in value &&
    typeof value.message === "string"
  ) {
    const { message } = value;
    if (!("unread" in value)) return { message };
    if (isUnreadBatch(value.unread)) return { message, unread: value.unread };
  }
  throw corrupt("the failure of step key", key, "what it says is none");
}

function isUnreadBatch(value: unknown): value is UnreadBatch {
  if (typeof value !== "object" || value === null) return false;
  const isNamed = "provider" in value && "batchId" in value && "endedAt" in value;
  if (!isNamed || typeof value.endedAt !== "number") return false;
  return typeof value.provider === "string" && typeof value.batchId === "string";
}
