import type { LedgerContents } from "./ledger/ledger-state.js";
import type { JournalFile, MemoEntry } from "./memo-index.js";
import type { QueueContents } from "./queue/queue-state.js";
import { FORMAT_VERSION, type ItemFields } from "./records.js";
import type { IndexEntry, StateLine } from "./snapshot-records.js";
import type { StoreState } from "./store-state.js";

/** Keeps lines of the index short enough to look at. */
const ENTRIES_A_LINE = 200;

/** The end of what counts in a segment, in bytes. */
export interface SegmentEnd {
  readonly number: number;
  readonly end: number;
  /** The sum of its lines, as text; `undefined` where an earlier program has not written it down. */
  readonly chain?: string | undefined;
}

/** A state at one moment. It stays as it is while the state goes on. */
export interface StateContents {
  readonly queue: QueueContents;
  readonly ledger: LedgerContents;
  readonly memo: readonly MemoEntry[];
}

export function contentsOf({ queue, ledger, memo }: StoreState): StateContents {
  return { queue: queue.contents(), ledger: ledger.contents(), memo: memo.contents() };
}

/** The lines that describe a state, in the order in which `restoreLine` takes them. @param memo the entries at their places in the snapshot */
export function* stateLines(
  { number, end, chain }: SegmentEnd,
  { queue, ledger }: StateContents,
  memo: readonly MemoEntry[],
): Generator<StateLine> {
  yield {
    ...{ do: "snapshot", version: FORMAT_VERSION, number, segmentEnd: end },
    ...(chain !== undefined && { segmentChain: chain }),
    nextNumber: queue.nextNumber,
  };
  for (let start = 0; start < memo.length; start += ENTRIES_A_LINE) {
    const entries = memo.slice(start, start + ENTRIES_A_LINE).map(indexEntry);
    yield { do: "index", entries };
  }
  for (const { fields, queuedAt, availableAt, restsSince, token, ...entry } of queue.live) {
    const { lapses, isQueuedAgain, wakeOn } = entry;
    yield {
      ...{ do: "item", number: entry.number, ...fields, queuedAt, availableAt },
      ...(restsSince !== null && availableAt !== 0 && { restsSince }),
      ...(token !== null && { token }),
      ...(lapses !== 0 && { lapses }),
      ...(isQueuedAgain && { isQueuedAgain }),
      ...(wakeOn !== null && { wakeOn }),
    };
  }
  for (const { fields, queuedAt, reason, diedAt, number: itemNumber } of queue.dead) {
    const { code, message } = reason;
    yield { do: "dead", number: itemNumber, ...fields, queuedAt, code, message, diedAt };
  }
  for (const { batch, dueAt, restsSince, token } of ledger.batches) {
    yield {
      ...{ do: "batch", batch, dueAt },
      ...(restsSince !== null && { restsSince }),
      ...(token !== null && { token }),
    };
  }
  for (const { failure, failedAt, counts } of ledger.failures) {
    yield { do: "failure", failure, failedAt, counts };
  }
}

/** Puts what a line describes into a new state. @param file the snapshot */
export function restoreLine({ queue, ledger, memo }: StoreState, line: StateLine, file: JournalFile): void {
  switch (line.do) {
    case "snapshot":
      queue.restoreNumbering(line.nextNumber);
      break;
    case "index":
      for (const entry of line.entries) memo.set(memoEntry(entry, file));
      break;
    case "item": {
      const { number, queuedAt, availableAt, restsSince = null } = line;
      const { token = null, lapses = 0, isQueuedAgain = false, wakeOn = null } = line;
      const fields = itemFields(line);
      const rest = { availableAt, restsSince, token, lapses, isQueuedAgain, wakeOn };
      queue.restoreLive({ number, fields, queuedAt, ...rest });
      break;
    }
    case "dead": {
      const { number, queuedAt, code, message, diedAt } = line;
      queue.restoreDead({ number, fields: itemFields(line), queuedAt, reason: { code, message }, diedAt });
      break;
    }
    case "batch": {
      const { batch, dueAt, restsSince = null, token = null } = line;
      ledger.restoreBatch({ batch, dueAt, restsSince, token });
      break;
    }
    case "failure":
      ledger.restoreFailure({ failure: line.failure, failedAt: line.failedAt, counts: line.counts });
      break;
  }
}

export function memoEntry([key, at, offset, length]: IndexEntry, file: JournalFile): MemoEntry {
  return { key, at, file, offset, length };
}

function indexEntry({ key, at, offset, length }: MemoEntry): IndexEntry {
  return [key, at, offset, length];
}

/** What a line says of the item itself. */
function itemFields({ pageId, contentHash, label, lane, request }: ItemFields): ItemFields {
  return {
    ...{ pageId, contentHash },
    ...(label !== undefined && { label }),
    ...(lane !== undefined && { lane }),
    ...(request !== undefined && { request }),
  };
}
