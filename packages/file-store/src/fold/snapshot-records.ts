import type { BatchRecord, KeyFailure } from "@gro/queue";
import type { ItemFields } from "./records.js";

/** The first record of a snapshot. */
export interface SnapshotHead {
  readonly do: "snapshot";
  readonly version: number;
  /** Of the last segment that it holds. */
  readonly number: number;
  /** Where what counts in that segment ends, in bytes. */
  readonly segmentEnd: number;
  /** The sum of its lines up to there. Earlier programs did not write it. */
  readonly segmentChain?: string;
  /** Of the item that is queued next. */
  readonly nextNumber: number;
}

export type IndexEntry = readonly [key: string, at: number, offset: number, length: number];

/** Where the lines with completions stand in this snapshot, the latest set last. */
export interface IndexRecord {
  readonly do: "index";
  readonly entries: readonly IndexEntry[];
}

interface NumberedItem extends ItemFields {
  readonly number: number;
  readonly queuedAt: number;
}

/** A live item. */
export interface ItemRecord extends NumberedItem {
  readonly do: "item";
  readonly availableAt: number;
  /** Earlier programs did not write it. */
  readonly restsSince?: number;
  readonly token?: string;
  readonly lapses?: number;
  readonly isQueuedAgain?: boolean;
  readonly wakeOn?: string;
}

export interface DeadRecord extends NumberedItem {
  readonly do: "dead";
  readonly code: string;
  readonly message: string;
  readonly diedAt: number;
}

/** An unfinished batch. */
export interface OpenBatchRecord {
  readonly do: "batch";
  readonly batch: BatchRecord;
  readonly dueAt: number;
  /** Earlier programs did not write it. */
  readonly restsSince?: number;
  readonly token?: string;
}

/** What is known of a key's failures. */
export interface FailureRecord {
  readonly do: "failure";
  readonly failure: KeyFailure;
  readonly failedAt: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** The last record: without it a snapshot is not whole. */
export interface EndRecord {
  readonly do: "end";
  /** Where the lines of the state begin, behind those with completions. */
  readonly stateAt: number;
  /** How many lines the state has. */
  readonly lines: number;
}

/** A line of a snapshot that describes the state. Lines with completions are those of segments. */
export type StateLine =
  SnapshotHead | IndexRecord | ItemRecord | DeadRecord | OpenBatchRecord | FailureRecord;

export type SnapshotRecord = StateLine | EndRecord;
