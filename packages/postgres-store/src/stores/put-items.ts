import type { EnqueueOutcome, QueueItem } from "@gro/queue";
import { number, text, type Row } from "../connection/row.js";
import type { Run } from "../connection/run.js";
import type { QueueStatements } from "../statements/queue-statements.js";
import { partsOf } from "./parts.js";
import { givenOf } from "./queue-rows.js";
import { storable } from "./storable.js";

/**
 * Puts items into the queue, and notes what is there already.
 *
 * @param run as part of a transaction, or each statement for itself
 * @param now as the statements take it
 */
export async function putItems(
  run: Run,
  statements: QueueStatements,
  now: number | null,
  items: readonly QueueItem[],
): Promise<EnqueueOutcome[]> {
  // The first of those that are the same is queued, the others are duplicates.
  const wanted = new Map([...items].reverse().map((item) => [storable("content hash", item.id), item]));
  const first = items.filter((item) => wanted.get(item.id) === item);
  const kinds = new Map<QueueItem, EnqueueOutcome["kind"]>(first.map((item) => [item, "queued"]));
  const itemsOf = (rows: readonly Row[]) => rows.flatMap((row) => wanted.get(text(row, "id")) ?? []);

  async function putNew(part: readonly QueueItem[]): Promise<readonly QueueItem[]> {
    const [only] = part;
    if (part.length > 1 || only === undefined) {
      return itemsOf(await run(statements.enqueue, [now, ...columnsOf(part)]));
    }
    const rows = await run(statements.enqueueOne, [now, only.id, givenOf(only)]);
    return rows.length > 0 ? [] : [only];
  }

  for (const part of partsOf(first)) {
    for (let left = part; left.length > 0;) {
      const known = await putNew(left);
      if (known.length === 0) break;
      const rows = await run(statements.enqueueAgain, [now, ...columnsOf(known)]);
      for (const row of rows) {
        const isRevived = number(row, "is_revived") === 1;
        for (const item of itemsOf([row])) kinds.set(item, isRevived ? "revived" : "duplicate");
      }
      // What was there, and has been taken out before it could be noted, is put once more.
      const noted = new Set(itemsOf(rows));
      left = known.filter((item) => !noted.has(item));
    }
  }
  return items.map((item) => ({ id: item.id, kind: kinds.get(item) ?? "duplicate" }));
}

function columnsOf(items: readonly QueueItem[]): readonly (readonly string[])[] {
  return [items.map(({ id }) => id), items.map(givenOf)];
}
