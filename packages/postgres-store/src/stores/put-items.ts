import type { EnqueueOutcome, QueueItem } from "@gro/queue";
import { number, text, type Row } from "../connection/row.js";
import type { Run } from "../connection/run.js";
import { textListsOf } from "../connection/text-lists.js";
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
  const first = new Map<string, QueueItem>();
  for (const item of items) {
    if (!first.has(storable("content hash", item.id))) first.set(item.id, item);
  }
  const known = new Map<string, EnqueueOutcome["kind"]>();
  const itemsOf = (rows: readonly Row[]) => rows.flatMap((row) => first.get(text(row, "id")) ?? []);

  async function putNew(part: readonly QueueItem[]): Promise<readonly QueueItem[]> {
    const [only] = part;
    if (part.length > 1 || only === undefined) {
      const { lists, separator } = textListsOf(columnsOf(part));
      return itemsOf(await run(statements.enqueue, [now, ...lists, separator]));
    }
    const rows = await run(statements.enqueueOne, [now, only.id, givenOf(only)]);
    return rows.length > 0 ? [] : [only];
  }

  for (const part of partsOf([...first.values()])) {
    for (let left = part; left.length > 0;) {
      const there = await putNew(left);
      if (there.length === 0) break;
      const rows = await run(statements.enqueueAgain, [now, ...columnsOf(there)]);
      for (const row of rows) {
        known.set(text(row, "id"), number(row, "is_revived") === 1 ? "revived" : "duplicate");
      }
      // What was there, and has been taken out before it could be noted, is put once more.
      left = there.filter(({ id }) => !known.has(id));
    }
  }
  return items.map((item) => ({
    id: item.id,
    kind: first.get(item.id) === item ? (known.get(item.id) ?? "queued") : "duplicate",
  }));
}

function columnsOf(items: readonly QueueItem[]): readonly (readonly string[])[] {
  return [items.map(({ id }) => id), items.map(givenOf)];
}
