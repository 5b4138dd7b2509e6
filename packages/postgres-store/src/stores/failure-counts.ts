import type { KeyFailure, KeyHistory } from "@gro/queue";
import { number, text, type Row } from "../connection/row.js";
import { storable } from "./storable.js";

/** The same kind of failure of a key, once, with the latest message as JSON. */
interface Counted {
  readonly key: string;
  readonly kind: string;
  count: number;
  message: string;
}

/** Failures as the columns of a statement: keys, kinds, counts and messages, each key and kind once, the latest last. */
export function failureColumns(failures: readonly KeyFailure[]): readonly (readonly unknown[])[] {
  const counted = new Map<string, Counted>();
  for (const { key, kind, message } of failures) {
    const name = JSON.stringify([key, kind]);
    const known = counted.get(name);
    counted.delete(name);
    counted.set(name, {
      key: storable("step key", key),
      kind: storable("kind of failure", kind),
      count: (known?.count ?? 0) + 1,
      message: JSON.stringify(message),
    });
  }
  const rows = [...counted.values()];
  return [
    rows.map(({ key }) => key),
    rows.map(({ kind }) => kind),
    rows.map(({ count }) => count),
    rows.map(({ message }) => message),
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
    const message: unknown = JSON.parse(text(row, "message"));
    histories.set(key, {
      failure: { key, kind, message: typeof message === "string" ? message : "" },
      failedAt: number(row, "failed_at"),
      counts: Object.fromEntries(known),
    });
  }
  return histories;
}
